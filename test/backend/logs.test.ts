/** Log records: how they are received, kept, and found. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { logs as sdk, resources } from '@opentelemetry/sdk-node';
import { MalformedError } from '#workshop/backend/otlp/arrival';
import { anyLogs, findLogs } from '#workshop/backend/store/find-logs';
import { LogStore } from '#workshop/backend/store/log-store';
import { severityOf, type LogRecord } from '#workshop/trace/log-record';
import {
  bytesField,
  encodeLogRequest,
  encodeRequest,
  type LogInput,
  sendGrpc,
  sendLogs,
  someLog,
  someSpan,
  someSpanId,
  someTraceId,
  varintField,
} from '../support/otlp.ts';
import { freshBackend, get } from './backend.ts';

const LOGS_EXPORT = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';
const METRICS_EXPORT = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';
const KIB = 1024;

/** The records that a backend finds for a query. */
async function found(backend: { queryUrl: string }, query = ''): Promise<LogRecord[]> {
  const { status: code, body } = await get<LogRecord[]>(backend, `/api/logs${query}`);
  assert.equal(code, 200);
  return body.data!;
}

const bodies = (records: readonly LogRecord[]) => records.map(({ body }) => body);

/** Sends log records of a service over HTTP. */
async function send(backend: { otlpHttpUrl: string }, inputs: LogInput[], service = 'bands-api') {
  const response = await sendLogs(backend.otlpHttpUrl, encodeLogRequest(inputs, service));
  assert.equal(response.status, 200);
  assert.equal((await response.arrayBuffer()).byteLength, 0);
}

test('what the OpenTelemetry SDK exports arrives as it was made', async (t) => {
  const backend = await freshBackend(t);
  const provider = new sdk.LoggerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': 'sdk', 'host.name': 'here' }),
    processors: [
      new sdk.BatchLogRecordProcessor({ exporter: new OTLPLogExporter({ url: backend.otlpGrpcUrl }) }),
    ],
  });
  const span = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags: 1 };
  provider.getLogger('lib', '1.2.3').emit({
    timestamp: [1_753_000_000, 123_456_789],
    severityNumber: 17,
    severityText: 'error',
    body: 'it broke',
    eventName: 'exception',
    attributes: { 'exception.type': 'Error', attempts: 3, req: { method: 'GET', ids: [1, 2] } },
    context: trace.setSpanContext(ROOT_CONTEXT, span),
  });
  await provider.shutdown();

  assert.deepEqual(await found(backend), [
    {
      traceId: span.traceId,
      spanId: span.spanId,
      service: 'sdk',
      timeUs: 1_753_000_000_123_456,
      severityNumber: 17,
      severityText: 'error',
      body: 'it broke',
      eventName: 'exception',
      attributes: { 'exception.type': 'Error', attempts: 3, req: '{"method":"GET","ids":[1,2]}' },
      droppedAttributes: 0,
      scope: 'lib',
      scopeVersion: '1.2.3',
      resource: { 'host.name': 'here' },
    },
  ]);
});

test('protobuf is taken over HTTP plain, gzipped, and deflated, and over gRPC gzipped', async (t) => {
  const backend = await freshBackend(t);
  const { otlpHttpUrl, otlpGrpcUrl } = backend;
  for (const [encoding, pack] of [
    ['identity', (body: Buffer) => body],
    ['gzip', gzipSync],
    ['deflate', deflateSync],
  ] as const) {
    const body = pack(encodeLogRequest([someLog({ body: encoding })]));
    assert.equal((await sendLogs(otlpHttpUrl, body, { 'content-encoding': encoding })).status, 200);
  }
  const request = encodeLogRequest([someLog({ body: 'over gRPC' })]);
  const outcome = await sendGrpc(otlpGrpcUrl, request, { gzip: true, method: LOGS_EXPORT });
  assert.deepEqual(outcome, { code: status.OK, details: '', answer: Buffer.alloc(0) });
  assert.deepEqual(bodies(await found(backend)).toSorted(), ['deflate', 'gzip', 'identity', 'over gRPC']);
});

/** A request in JSON with these records. */
const inJson = (...logRecords: object[]) =>
  JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });

test("JSON is taken as proto3's mapping says: names of both kinds, enums by name or number, null, long integers", async (t) => {
  const backend = await freshBackend(t);
  const camelCase = {
    timeUnixNano: '1753000000000000999',
    observedTimeUnixNano: 'OBSERVED',
    severityNumber: 'SEVERITY_NUMBER_WARN2',
    severityText: null,
    body: { kvlistValue: { values: [{ key: 'k', value: { intValue: '9007199254740993' } }] } },
    traceId: 'AB'.repeat(16),
    spanId: 'CD'.repeat(8),
    flags: 1,
    somethingNew: {},
  };
  const original = {
    time_unix_nano: null,
    observed_time_unix_nano: 'OBSERVED',
    severity_number: 13,
    severity_text: 'WARNING',
    event_name: 'disk.full',
    dropped_attributes_count: 2,
    attributes: [{ key: 'bytes', value: { bytes_value: 'AP8=' } }],
  };
  const json = inJson(camelCase, original).replaceAll('"OBSERVED"', '1753000000000002999');
  const response = await sendLogs(backend.otlpHttpUrl, json);
  assert.deepEqual([response.status, await response.json()], [200, {}]);
  const rest = { service: 'missing-service-name', scope: '', scopeVersion: '', resource: {} };
  assert.deepEqual(await found(backend), [
    {
      ...rest,
      traceId: 'ab'.repeat(16),
      spanId: 'cd'.repeat(8),
      timeUs: 1_753_000_000_000_000,
      severityNumber: 14,
      severityText: '',
      body: '{"k":"9007199254740993"}',
      eventName: '',
      attributes: {},
      droppedAttributes: 0,
    },
    {
      ...rest,
      traceId: '',
      spanId: '',
      timeUs: 1_753_000_000_000_002,
      severityNumber: 13,
      severityText: 'WARNING',
      body: '',
      eventName: 'disk.full',
      attributes: { bytes: 'AP8=' },
      droppedAttributes: 2,
    },
  ]);
});

for (const [what, logRecord, message] of [
  ['a trace id of 31 digits', { traceId: 'a'.repeat(31) }, /logRecords\[1\]\.traceId must be 32 hex digits/],
  ['an unknown severity', { severityNumber: 'LOUD' }, /severityNumber must be a whole number or the name/],
  ['a body that is not an AnyValue', { body: 'text' }, /logRecords\[1\]\.body must be an object, not "text"/],
] as const) {
  test(`JSON with ${what} is 400 and says where, and nothing of the batch is kept`, async (t) => {
    const backend = await freshBackend(t);
    const good = { body: { stringValue: 'good' } };
    const response = await sendLogs(backend.otlpHttpUrl, inJson(good, logRecord));
    assert.equal(response.status, 400);
    assert.match(((await response.json()) as { message: string }).message, message);
    assert.deepEqual(await found(backend), []);
  });
}

test('malformed protobuf is 400 or INVALID_ARGUMENT, and nothing of the batch is kept', async (t) => {
  const backend = await freshBackend(t);
  const malformed = Buffer.concat([
    encodeLogRequest([someLog()]),
    encodeLogRequest([someLog({ attributes: { a: 'b' } })]).subarray(0, -3),
  ]);
  assert.equal((await sendLogs(backend.otlpHttpUrl, malformed)).status, 400);
  const { code, details } = await sendGrpc(backend.otlpGrpcUrl, malformed, { method: LOGS_EXPORT });
  assert.equal(code, status.INVALID_ARGUMENT);
  assert.match(details, /^This is not OTLP: the message ends in the middle of a field/);
  assert.deepEqual(await found(backend), []);
});

test('a request that is cut off or has a byte changed is refused or can be read', async () => {
  const request = encodeLogRequest(
    [
      someLog({
        traceId: someTraceId(),
        spanId: someSpanId(),
        observedNs: 1n,
        severityText: 'info',
        body: { list: [1n, 'x', null] },
        attributes: { a: 'b', c: 1.5 },
        dropped: 1,
        eventName: 'event',
      }),
    ],
    { resource: { 'service.name': 'x' }, scope: { name: 'lib', version: '1' } },
  );
  const take = async (bytes: Buffer) => {
    const store = new LogStore();
    try {
      store.add(bytes);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      return false;
    }
    await findLogs(store, { ...anyLogs, text: 'x' });
    return true;
  };
  assert.ok(await take(request));
  for (let length = 1; length < request.length; length++)
    assert.ok(!(await take(request.subarray(0, length))), `cut off at ${length}`);
  for (let at = 0; at < request.length; at++) {
    for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
      const changed = Buffer.from(request);
      changed[at] = value;
      await take(changed);
    }
  }
});

test('a record that is too large is told as a partial success, and the others are kept', async (t) => {
  const backend = await freshBackend(t, {}, { bytes: 256 * KIB });
  const request = encodeLogRequest([someLog({ body: 'x'.repeat(64 * KIB) }), someLog({ body: 'small' })]);
  const reason = 'a log record was too large to be kept';
  const expected = bytesField(1, varintField(1, 1), bytesField(2, reason));
  const overHttp = await sendLogs(backend.otlpHttpUrl, request);
  assert.deepEqual(Buffer.from(await overHttp.arrayBuffer()), expected);
  const overGrpc = await sendGrpc(backend.otlpGrpcUrl, request, { method: LOGS_EXPORT });
  assert.deepEqual(overGrpc.answer, expected);

  const large = { body: { stringValue: 'x'.repeat(64 * KIB) } };
  const json = await sendLogs(backend.otlpHttpUrl, inJson(large));
  assert.deepEqual(await json.json(), {
    partialSuccess: { rejectedLogRecords: '1', errorMessage: reason },
  });
  const spans = await sendLogs(backend.otlpHttpUrl, JSON.stringify({ resourceSpans: [] }));
  assert.deepEqual(await spans.json(), {
    partialSuccess: {
      rejectedLogRecords: '0',
      errorMessage: 'the message contains no log records, and OTLP has no "resourceSpans"',
    },
  });
  assert.deepEqual(bodies(await found(backend)), ['small', 'small']);
});

test('metrics are refused with a sentence, over gRPC and HTTP', async (t) => {
  const backend = await freshBackend(t);
  const outcome = await sendGrpc(backend.otlpGrpcUrl, Buffer.alloc(0), { method: METRICS_EXPORT });
  assert.equal(outcome.code, status.UNIMPLEMENTED);
  assert.match(outcome.details, /no metrics: set OTEL_METRICS_EXPORTER=none/);
  const response = await fetch(`${backend.otlpHttpUrl}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  assert.equal(response.status, 404);
  assert.match(((await response.json()) as { message: string }).message, /no metrics/);
});

test('records are found by trace, span, service, time, severity, and text, in chronological order', async (t) => {
  const backend = await freshBackend(t);
  const [traceId, spanId] = [someTraceId(), someSpanId()];
  const at = (us: number) => BigInt(us) * 1_000n;
  await send(backend, [
    { timeNs: at(3_000), severityNumber: 9, body: 'third', traceId, spanId },
    { timeNs: at(1_000), severityNumber: 17, body: 'First', traceId, attributes: { user: 'ann' } },
  ]);
  await send(backend, [{ timeNs: at(2_000), severityNumber: 13, body: 'second' }], 'reviews-api');
  await send(backend, [{ timeNs: at(4_000), body: 'fourth' }], 'reviews-api');

  for (const [query, expected] of [
    ['', ['First', 'second', 'third', 'fourth']],
    [`?traceID=${traceId.toUpperCase()}`, ['First', 'third']],
    [`?spanID=${spanId}`, ['third']],
    ['?service=reviews-api', ['second', 'fourth']],
    ['?start=2000&end=3000', ['second', 'third']],
    ['?severity=warn', ['First', 'second']],
    ['?severity=trace', ['First', 'second', 'third']],
    ['?text=first', ['First']],
    ['?text=user%3Dann', ['First']],
    ['?text=severity%3Derror', ['First']],
    ['?text=-service%3Dreviews-api', ['First', 'third']],
    ['?limit=2', ['second', 'fourth']],
  ] as const) {
    assert.deepEqual(bodies(await found(backend, query)), expected, query);
  }
  for (const [query, message] of [
    ['?traceID=xyz', /TraceID must be hex/],
    ['?spanID=12', /'spanID' must have 16 hex/],
    ['?severity=loud', /'severity' must be one of trace, debug, info, warn, error, fatal/],
    ['?limit=0', /'limit' must be at least 1/],
    ['?start=now', /unable to parse param 'start'/],
  ] as const) {
    const { status: code, body } = await get(backend, `/api/logs${query}`);
    assert.equal(code, 400, query);
    assert.match(body.errors![0]!.msg, message);
  }
});

test("log records don't change what Jaeger's API responds", async (t) => {
  const backend = await freshBackend(t);
  const traceId = someTraceId();
  await send(backend, [someLog({ traceId, spanId: someSpanId() })]);
  assert.equal((await get(backend, `/api/traces/${traceId}`)).status, 404);
  assert.deepEqual((await get(backend, '/api/services')).body.data, []);
});

test('a record without a time has the time of its arrival, and ids of zeros are none', async (t) => {
  const backend = await freshBackend(t);
  const before = Date.now() * 1_000;
  await send(backend, [{ traceId: '00'.repeat(16), spanId: '00'.repeat(8), severityNumber: 99 }]);
  const [record] = await found(backend);
  assert.ok(record!.timeUs >= before && record!.timeUs <= Date.now() * 1_000);
  assert.deepEqual([record!.traceId, record!.spanId, severityOf(record!)], ['', '', undefined]);
});

/** What a store keeps, by body. */
const kept = async (store: LogStore) => bodies(await findLogs(store, anyLogs));

test('past the limit of records those that arrived first go, and are counted', async (t) => {
  const backend = await freshBackend(t, {}, { records: 10 });
  for (let batch = 1; batch <= 12; batch++)
    backend.logs.add(encodeLogRequest([someLog({ timeNs: BigInt(batch) * 1_000n, body: `${batch}` })]));
  assert.deepEqual(await kept(backend.logs), ['3', '4', '5', '6', '7', '8', '9', '10', '11', '12']);
  const response = await fetch(`${backend.queryUrl}/status`);
  const { logs } = (await response.json()) as { logs: Record<string, unknown> };
  assert.deepEqual(
    { ...logs, bytes: 0, limits: {} },
    { records: 10, bytes: 0, limits: {}, accepted: 12, rejected: 0, dropped: 2 },
  );
});

test('past the limit of bytes the oldest go, the memory stays within the limit, and spans are not touched', async (t) => {
  const backend = await freshBackend(t, {}, { bytes: 256 * KIB });
  const span = someSpan();
  backend.store.add(encodeRequest([span]));
  for (let batch = 0; batch < 200; batch++) {
    backend.logs.add(
      encodeLogRequest([someLog({ timeNs: BigInt(batch + 1), body: `${batch} ${'x'.repeat(4_000)}` })]),
    );
    assert.ok(backend.logs.status().bytes <= 256 * KIB);
  }
  const numbers = (await kept(backend.logs)).map((body) => Number.parseInt(body, 10));
  assert.ok(numbers.length >= 40, `${numbers.length} of about 55 that fit are kept`);
  assert.deepEqual(
    numbers,
    Array.from(numbers, (_, index) => 200 - numbers.length + index),
  );
  assert.ok(backend.store.get(span.traceId));
});
