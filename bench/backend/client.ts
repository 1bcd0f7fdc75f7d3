/** One client of the benchmark, a separate process: encodes all batches, waits for the start, and sends them. */
import * as grpc from '@grpc/grpc-js';
import { logSignal, traceSignal } from '#workshop/backend/otlp/messages';
import { type ClientReport, type ClientTask, IN_FLIGHT, SPANS_PER_BATCH } from './plan.ts';
import { SPANS_PER_TRACE, traceId } from './plan.ts';

const task = JSON.parse(process.argv[2]!) as ClientTask;
const signal = task.items === 'spans' ? traceSignal : logSignal;
const EXPORT = `/${signal.grpcService}/Export`;
const report = (message: ClientReport) => process.send!(message);

const batches = Array.from({ length: task.batches }, (_, batch) =>
  Buffer.from(signal.request.encode(signal.request.fromObject(requestOf(batch))).finish()),
);
const client = new grpc.Client(task.target, grpc.credentials.createInsecure());
await new Promise<void>((resolve, reject) => {
  client.waitForReady(Date.now() + 10_000, (error) => (error ? reject(error) : resolve()));
});

process.once('message', async () => {
  let next = 0;
  const sendOn = async () => {
    while (next < batches.length) await send(next++);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sendOn));
  client.close();
  process.disconnect();
});
report({ kind: 'ready', bytesPerSpan: batches[0]!.length / SPANS_PER_BATCH });

function send(batch: number): Promise<void> {
  return new Promise((resolve) => {
    client.makeUnaryRequest(EXPORT, plain, plain, batches[batch]!, (error, response) => {
      const { rejected, reason } = error
        ? { rejected: SPANS_PER_BATCH, reason: error.message }
        : partialSuccess(response!);
      report({ kind: 'response', batch, accepted: SPANS_PER_BATCH - rejected, reason });
      resolve();
    });
  });
}

/** What a response rejects. An empty partial success, as Jaeger sends it, rejects nothing. */
function partialSuccess(response: Buffer): { rejected: number; reason: string } {
  const decoded = signal.response.toObject(signal.response.decode(response), { longs: Number });
  const { [signal.rejected]: rejected = 0, errorMessage: reason = '' } = decoded['partialSuccess'] ?? {};
  return { rejected, reason };
}

function plain(bytes: Buffer): Buffer {
  return bytes;
}

/** A batch as bands-api would send it. */
function requestOf(batch: number): object {
  const resource = {
    attributes: [
      text('service.name', `bench-${task.client}`),
      text('telemetry.sdk.language', 'nodejs'),
      text('telemetry.sdk.name', 'opentelemetry'),
    ],
  };
  const scope = { name: 'bench', version: '1.0.0' };
  return task.items === 'spans'
    ? { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: spansOf(batch) }] }] }
    : { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: logRecordsOf(batch) }] }] };
}

/** Traces of SERVER spans, each the child of the one before. */
function spansOf(batch: number): object[] {
  const startNs = BigInt(Date.now()) * 1_000_000n;
  return Array.from({ length: SPANS_PER_BATCH }, (_, index) => {
    const trace = Math.floor(index / SPANS_PER_TRACE);
    const depth = index % SPANS_PER_TRACE;
    return {
      traceId: Buffer.from(traceId(task.run, task.client, batch, trace), 'hex'),
      spanId: spanId(batch, trace, depth),
      ...(depth > 0 && { parentSpanId: spanId(batch, trace, depth - 1) }),
      name: `GET /bands/:id/${depth}`,
      kind: 2,
      startTimeUnixNano: String(startNs + BigInt(depth) * 1_000_000n),
      endTimeUnixNano: String(startNs + BigInt(20 - depth) * 1_000_000n),
      attributes: [
        text('http.request.method', 'GET'),
        text('url.path', `/bands/${trace}`),
        text('http.route', '/bands/:id'),
        text('server.address', 'localhost'),
        { key: 'server.port', value: { intValue: '8000' } },
        { key: 'http.response.status_code', value: { intValue: '200' } },
      ],
      status: {},
    };
  });
}

/** What Fastify logs of a request, one record in each span. */
function logRecordsOf(batch: number): object[] {
  const timeUnixNano = String(BigInt(Date.now()) * 1_000_000n);
  return Array.from({ length: SPANS_PER_BATCH }, (_, index) => {
    const trace = Math.floor(index / SPANS_PER_TRACE);
    return {
      traceId: Buffer.from(traceId(task.run, task.client, batch, trace), 'hex'),
      spanId: spanId(batch, trace, index % SPANS_PER_TRACE),
      timeUnixNano,
      observedTimeUnixNano: timeUnixNano,
      severityNumber: 9,
      severityText: 'info',
      body: { stringValue: 'incoming request' },
      attributes: [
        text('reqId', `req-${index}`),
        {
          key: 'req',
          value: {
            kvlistValue: {
              values: [
                text('method', 'GET'),
                text('url', `/bands/${trace}`),
                text('host', 'localhost:8000'),
                text('remoteAddress', '127.0.0.1'),
              ],
            },
          },
        },
      ],
    };
  });
}

function spanId(batch: number, trace: number, depth: number): Buffer {
  const id = Buffer.alloc(8);
  id.writeUInt32BE(task.client * 2 ** 20 + batch + 1);
  id.writeUInt16BE(trace, 4);
  id.writeUInt16BE(depth, 6);
  return id;
}

function text(key: string, stringValue: string): object {
  return { key, value: { stringValue } };
}
