/**
 * A backend in a separate process, which receives many spans and, if asked to, as many log records, collects its garbage,
 * and reports what it stores.
 */
import { randomFillSync } from 'node:crypto';
import { startBackend } from '#workshop/backend/start';
import { eventually } from '../support/eventually.ts';
import {
  encodeLogRequest,
  encodeRequest,
  someLog,
  someSpan,
  someSpanId,
  someTraceId,
} from '../support/otlp.ts';

const SENT = 250_000;
const AT_ONCE = 500;
const limitMb = Number(process.argv[2]);
const withLogs = process.argv[3] === 'logs';

/** The attributes that instrumentation gives to the span of a request in the workshop. */
const attributes = {
  'http.request.method': 'GET',
  'http.route': '/bands/:id',
  'http.response.status_code': 200n,
  'url.path': '/bands/553be815-76f3-49db-b9d7-caca4b23cc3e',
  'url.scheme': 'http',
  'server.address': 'localhost',
  'server.port': 8000n,
  'user_agent.original': 'undici',
};

/** What Fastify logs about a request, through OpenTelemetry's instrumentation of pino. */
const logAttributes = {
  reqId: 'req-1',
  req: { method: 'GET', url: '/bands/553be815-76f3-49db-b9d7-caca4b23cc3e', host: 'localhost:8000' },
};

/** Returns a function that returns the request with new ids each time. It is encoded once, and only the ids are replaced. */
function requestMaker(request: Buffer, ids: readonly string[]): () => Buffer {
  const places: { at: number; bytes: number }[] = [];
  let from = 0;
  for (const id of ids) {
    const at = request.indexOf(id, from, 'hex');
    places.push({ at, bytes: id.length / 2 });
    from = at;
  }
  return () => {
    for (const { at, bytes } of places) randomFillSync(request, at, bytes);
    return request;
  };
}

const idsOf = ({ traceId, spanId }: { traceId: string; spanId: string }) => [traceId, spanId];
const spans = Array.from({ length: AT_ONCE }, () => ({ ...someSpan({ attributes }), spanId: someSpanId() }));
const logs = Array.from({ length: AT_ONCE }, () => ({
  ...someLog({ attributes: logAttributes, severityText: 'info' }),
  traceId: someTraceId(),
  spanId: someSpanId(),
}));
const nextSpans = requestMaker(encodeRequest(spans), spans.flatMap(idsOf));
const nextLogs = requestMaker(encodeLogRequest(logs), logs.flatMap(idsOf));

const backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
for (let sent = 0; sent < SENT; sent += AT_ONCE) {
  backend.store.add(nextSpans());
  if (withLogs) backend.logs.add(nextLogs());
}

// The memory of collected garbage is returned to the system a little later.
const residentMb = () => process.memoryUsage.rss() / 1e6;
const collected = () => {
  globalThis.gc!();
  return residentMb() <= limitMb;
};
await eventually(collected, `at most ${limitMb} MB are resident`).catch(() => {}); // the test says how many there are
const kept = { spans: backend.store.status().spans, logs: backend.logs.status().records };
process.send!({ ...kept, accepted: backend.store.status().accepted, residentMb: residentMb() });
await backend.close();
