/** Jaeger's HTTP API v3, as Jaeger 1.76 (a Jaeger 2 inside) responds to it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sendHttp, encodeRequest, someSpan, someTraceId, type SpanInput } from '../support/otlp.ts';
import { see, sendAndSee, someService, target } from './target.ts';

interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  [field: string]: unknown;
}
interface Traces {
  result: { resourceSpans: { resource: object; scopeSpans: { scope: object; spans: OtlpSpan[] }[] }[] };
}

async function ask<Body>(path: string): Promise<{ status: number; body: Body }> {
  const response = await fetch(target.queryUrl + path);
  return { status: response.status, body: JSON.parse(await response.text()) as Body };
}

const now = Date.now();
const iso = (ms: number) => new Date(ms).toISOString();

/** A search in the last minute, with other parameters. */
function search(parameters: Record<string, string>) {
  const all = {
    'query.start_time_min': iso(now - 60_000),
    'query.start_time_max': iso(now + 60_000),
    'query.num_traces': '10',
    ...parameters,
  };
  return ask<Traces>(`/api/v3/traces?${new URLSearchParams(all)}`);
}

function spansOf({ result }: Traces): OtlpSpan[] {
  return result.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

/** Sends a trace of one span, which began some time ago, and waits until it can be found. Gives its id. */
async function sent(service: string, input: SpanInput = {}, agoMs = 1_000): Promise<string> {
  const span = someSpan({ startNs: BigInt(now - agoMs) * 1_000_000n, ...input });
  await sendAndSee([span], service);
  return span.traceId;
}

test('/api/v3/services and /api/v3/operations', async () => {
  const service = someService();
  await sent(service, { name: 'GET /a', kind: 2 });
  await sent(service, { name: 'GET', kind: 3 });
  const services = await ask<{ services: string[] }>('/api/v3/services');
  assert.equal(services.status, 200);
  assert.ok(services.body.services.includes(service));

  const operations = (words: string) => ask(`/api/v3/operations?service=${service}${words}`);
  const server = { name: 'GET /a', spanKind: 'server' };
  assert.deepEqual((await operations('&span_kind=server')).body, { operations: [server] });
  const { body } = (await operations('')) as { body: { operations: object[] } };
  assert.equal(body.operations.length, 2);
  assert.deepEqual((await ask('/api/v3/operations?service=nobody')).body, { operations: [] });
});

test('a trace is in the JSON of OTLP', async () => {
  const service = someService();
  const startNs = BigInt(now) * 1_000_000n;
  const parent = someSpan({
    startNs,
    endNs: startNs + 2_000_000n,
    attributes: { text: 'x', integer: 5n, number: 1.5, yes: true },
    traceState: 'a=b',
    status: { code: 2, message: 'bad' },
    events: [{ name: 'exception', timeNs: startNs, attributes: { count: 1n } }],
  });
  const child = someSpan({
    traceId: parent.traceId,
    parentId: parent.spanId,
    name: 'GET',
    kind: 3,
    startNs,
    endNs: startNs + 1_000_000n,
    links: [{ traceId: parent.traceId, spanId: parent.spanId }],
  });
  const body = encodeRequest([parent, child], service);
  assert.equal((await sendHttp(target.otlpHttpUrl, body)).status, 200);
  await see(parent.traceId, 2);

  const response = await ask<Traces>(`/api/v3/traces/${parent.traceId.toUpperCase()}`);
  assert.equal(response.status, 200);
  const [resourceSpans, ...others] = response.body.result.resourceSpans;
  assert.deepEqual(others, []);
  assert.deepEqual(resourceSpans!.resource, {
    attributes: [{ key: 'service.name', value: { stringValue: service } }],
  });
  const start = String(startNs);
  assert.deepEqual(resourceSpans!.scopeSpans, [
    {
      scope: {},
      spans: [
        {
          traceId: parent.traceId,
          spanId: parent.spanId,
          traceState: 'a=b',
          name: parent.name,
          kind: 2,
          startTimeUnixNano: start,
          endTimeUnixNano: String(startNs + 2_000_000n),
          attributes: [
            { key: 'integer', value: { intValue: '5' } },
            { key: 'number', value: { doubleValue: 1.5 } },
            { key: 'text', value: { stringValue: 'x' } },
            { key: 'yes', value: { boolValue: true } },
          ],
          events: [
            {
              timeUnixNano: start,
              name: 'exception',
              attributes: [{ key: 'count', value: { intValue: '1' } }],
            },
          ],
          status: { message: 'bad', code: 2 },
        },
        {
          traceId: parent.traceId,
          spanId: child.spanId,
          parentSpanId: parent.spanId,
          name: 'GET',
          kind: 3,
          startTimeUnixNano: start,
          endTimeUnixNano: String(startNs + 1_000_000n),
          links: [{ traceId: parent.traceId, spanId: parent.spanId }],
          status: {},
        },
      ],
    },
  ]);
});

test('an unknown trace is 404, a malformed id 400', async () => {
  const unknown = await ask(`/api/v3/traces/${someTraceId()}`);
  assert.deepEqual(unknown, { status: 404, body: { error: { httpCode: 404, message: 'No traces found' } } });
  const malformed = await ask<{ error: { httpCode: number } }>('/api/v3/traces/xyz');
  assert.equal(malformed.status, 400);
  assert.equal(malformed.body.error.httpCode, 400);
});

test('a search by service, operation, duration, and number of traces', async () => {
  const service = someService();
  const old = await sent(service, { name: 'a' }, 3_000);
  const slow = someSpan({ name: 'b', startNs: BigInt(now - 2_000) * 1_000_000n });
  await sendAndSee([{ ...slow, endNs: slow.startNs! + 500_000_000n }], service);
  const ids = async (parameters: Record<string, string>) => {
    const { status, body } = await search({ 'query.service_name': service, ...parameters });
    return status === 200
      ? spansOf(body)
          .map(({ traceId }) => traceId)
          .toSorted()
      : status;
  };
  assert.deepEqual(await ids({}), [old, slow.traceId].toSorted());
  assert.deepEqual(await ids({ 'query.operation_name': 'a' }), [old]);
  assert.deepEqual(await ids({ 'query.duration_min': '100ms' }), [slow.traceId]);
  assert.deepEqual(await ids({ 'query.duration_max': '100ms' }), [old]);
  assert.deepEqual(await ids({ 'query.num_traces': '1' }), [slow.traceId], 'the newest');
  assert.deepEqual(await ids({ 'query.start_time_min': iso(now - 2_500) }), [slow.traceId]);
  assert.equal(await ids({ 'query.operation_name': 'c' }), 404);
});

test('a search without times, or with malformed parameters, is 400', async () => {
  const without = await ask<{ error: { message: string } }>('/api/v3/traces?query.service_name=a');
  assert.equal(without.status, 400);
  assert.equal(without.body.error.message, 'query.start_time_min and query.start_time_max are required');
  for (const [name, value] of [
    ['query.start_time_max', 'tomorrow'],
    ['query.start_time_max', '2026-13-01T00:00:00Z'],
    ['query.start_time_max', '2026-02-30T00:00:00Z'],
    ['query.start_time_max', '2026-02-20T24:00:00Z'],
    ['query.duration_min', '5'],
    ['query.num_traces', 'x'],
  ] as const) {
    const { status } = await search({ 'query.service_name': 'a', [name]: value });
    assert.equal(status, 400, `${name}=${value}`);
  }
});

test('times have a zone and up to nine digits', async () => {
  const service = someService();
  const id = await sent(service, { startNs: 1_700_000_000_123_456_000n, endNs: 1_700_000_000_123_457_000n });
  const ids = async (min: string, max: string) => {
    const times = { 'query.start_time_min': min, 'query.start_time_max': max };
    const { status, body } = await search({ 'query.service_name': service, ...times });
    return status === 200 ? spansOf(body).map(({ traceId }) => traceId) : status;
  };
  assert.deepEqual(await ids('2023-11-14T22:13:20.123456Z', '2023-11-14T22:13:20.123456789Z'), [id]);
  assert.deepEqual(await ids('2023-11-14T23:13:20+01:00', '2023-11-14T22:13:21Z'), [id]);
  assert.deepEqual(await ids('2023-11-14T22:13:20.123457Z', '2023-11-14T22:13:21Z'), 404);
});
