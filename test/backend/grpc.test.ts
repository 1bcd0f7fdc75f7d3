import assert from 'node:assert/strict';
import { test } from 'node:test';
import { status } from '@grpc/grpc-js';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { resources, tracing } from '@opentelemetry/sdk-node';
import { eventually } from '../support/eventually.ts';
import { bytesField, encodeRequest, sendGrpc, someSpan, type Value, varintField } from '../support/otlp.ts';
import { freshBackend, getTrace } from './backend.ts';

const MIB = 1024 * 1024;

test('what the OpenTelemetry SDK exports arrives as it was made', async (t) => {
  const backend = await freshBackend(t);
  const provider = new tracing.BasicTracerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': 'sdk', 'host.name': 'here' }),
    spanProcessors: [new tracing.SimpleSpanProcessor(new OTLPTraceExporter({ url: backend.otlpGrpcUrl }))],
  });
  const tracer = provider.getTracer('lib', '1.2.3');
  const span = tracer.startSpan('work', {
    kind: SpanKind.CLIENT,
    startTime: [1_753_000_000, 123_456_789],
    attributes: { list: ['a', 'b'], count: 3, ratio: 0.5, ok: true },
    links: [{ context: { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags: 1 } }],
  });
  span.addEvent('half way', { step: 1 }, [1_753_000_000, 124_000_000]);
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'it broke' });
  span.end([1_753_000_001, 0]);
  await provider.shutdown();

  const { traceId, spanId } = span.spanContext();
  const found = (await eventually(() => getTrace(backend, traceId), 'the trace arrives'))!;
  assert.deepEqual(found.processes, {
    p1: { serviceName: 'sdk', tags: [{ key: 'host.name', type: 'string', value: 'here' }] },
  });
  assert.deepEqual(found.spans, [
    {
      traceID: traceId,
      spanID: spanId,
      operationName: 'work',
      references: [{ refType: 'FOLLOWS_FROM', traceID: 'ab'.repeat(16), spanID: 'cd'.repeat(8) }],
      startTime: 1_753_000_000_123_456,
      duration: 876_543,
      tags: [
        { key: 'otel.scope.name', type: 'string', value: 'lib' },
        { key: 'otel.scope.version', type: 'string', value: '1.2.3' },
        { key: 'count', type: 'int64', value: 3 },
        { key: 'list', type: 'string', value: '["a","b"]' },
        { key: 'ok', type: 'bool', value: true },
        { key: 'ratio', type: 'float64', value: 0.5 },
        { key: 'span.kind', type: 'string', value: 'client' },
        { key: 'otel.status_code', type: 'string', value: 'ERROR' },
        { key: 'error', type: 'bool', value: true },
        { key: 'otel.status_description', type: 'string', value: 'it broke' },
      ],
      logs: [
        {
          timestamp: 1_753_000_000_124_000,
          fields: [
            { key: 'event', type: 'string', value: 'half way' },
            { key: 'step', type: 'int64', value: 1 },
          ],
        },
      ],
      processID: 'p1',
      warnings: null,
    },
  ]);
});

test('a request without spans is taken, and all taken means an empty answer', async (t) => {
  const backend = await freshBackend(t);
  for (const message of [Buffer.alloc(0), encodeRequest([]), encodeRequest([someSpan()])]) {
    assert.deepEqual(await sendGrpc(backend.otlpGrpcUrl, message), {
      code: status.OK,
      details: '',
      answer: Buffer.alloc(0),
    });
  }
});

test('a gzipped request is taken', async (t) => {
  const backend = await freshBackend(t);
  const span = someSpan({ attributes: { long: 'x'.repeat(10_000) } });
  assert.equal((await sendGrpc(backend.otlpGrpcUrl, encodeRequest([span]), { gzip: true })).code, status.OK);
  assert.equal((await getTrace(backend, span.traceId))?.spans.length, 1);
});

test('truncated protobuf is INVALID_ARGUMENT, and nothing of the batch is kept', async (t) => {
  const backend = await freshBackend(t);
  const span = someSpan();
  const { code, details } = await sendGrpc(
    backend.otlpGrpcUrl,
    Buffer.concat([encodeRequest([span]), encodeRequest([someSpan()]).subarray(0, -3)]),
  );
  assert.equal(code, status.INVALID_ARGUMENT);
  assert.match(details, /^This is not OTLP: the message ends in the middle of a field/);
  assert.equal(await getTrace(backend, span.traceId), undefined);
});

test('spans with an id of zeros are rejected in the answer, the others are kept', async (t) => {
  const backend = await freshBackend(t);
  const good = someSpan();
  const { code, answer } = await sendGrpc(
    backend.otlpGrpcUrl,
    encodeRequest([someSpan({ traceId: '00'.repeat(16) }), good]),
  );
  assert.equal(code, status.OK);
  const reason = bytesField(2, 'a trace id was missing or all zeros');
  assert.deepEqual(answer, bytesField(1, varintField(1, 1), reason));
  assert.equal((await getTrace(backend, good.traceId))?.spans.length, 1);
});

/** A field that nobody knows, with so many bytes. */
function padding(size: number): Buffer {
  return bytesField(1_000, Buffer.alloc(size));
}

test('whatever is deep enough to be taken can be read again', async (t) => {
  const backend = await freshBackend(t);
  const codes = [];
  for (let levels = 44; levels <= 50; levels++) {
    let value: Value = 'deep';
    for (let level = 0; level < levels; level++) value = [value];
    const span = someSpan({ attributes: { value } });
    const { code } = await sendGrpc(backend.otlpGrpcUrl, encodeRequest([span]));
    codes.push(code);
    const found = await getTrace(backend, span.traceId);
    assert.equal(found !== undefined, code === status.OK, `${levels} levels`);
  }
  assert.deepEqual([...new Set(codes)], [status.OK, status.INVALID_ARGUMENT]);
});

test('a request may have 64 MiB and not more', async (t) => {
  const backend = await freshBackend(t);
  const span = someSpan();
  const request = encodeRequest([span]);
  const overhead = padding(64 * MIB).length - 64 * MIB;
  const largest = Buffer.concat([request, padding(64 * MIB - request.length - overhead)]);
  assert.equal(largest.length, 64 * MIB);

  assert.equal((await sendGrpc(backend.otlpGrpcUrl, largest)).code, status.OK);
  assert.equal((await getTrace(backend, span.traceId))?.spans.length, 1);
  const tooLarge = Buffer.concat([largest, varintField(1_000, 1)]);
  assert.equal((await sendGrpc(backend.otlpGrpcUrl, tooLarge)).code, status.RESOURCE_EXHAUSTED);
  assert.equal(
    (await sendGrpc(backend.otlpGrpcUrl, tooLarge, { gzip: true })).code,
    status.RESOURCE_EXHAUSTED,
  );
});

test('methods that are not there are UNIMPLEMENTED, so that an exporter gives up', async (t) => {
  const backend = await freshBackend(t);
  const method = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';
  assert.equal((await sendGrpc(backend.otlpGrpcUrl, Buffer.alloc(0), { method })).code, status.UNIMPLEMENTED);
});
