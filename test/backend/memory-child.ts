/** A backend in a process of its own that takes in many spans, collects its garbage, and tells what it holds. */
import { randomFillSync } from 'node:crypto';
import { startBackend } from '#workshop/backend/start';
import { eventually } from '../support/eventually.ts';
import { encodeRequest, someSpan } from '../support/otlp.ts';

const SPANS = 250_000;
const AT_ONCE = 500;
const LIMIT_MB = 256;

/** What the instrumentation of a service of the workshop says of a request. */
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

/** Gives a request after the other, each with spans of other ids: encoded once, and the ids written anew. */
function requestMaker(): () => Buffer {
  const spans = Array.from({ length: AT_ONCE }, () => someSpan({ attributes }));
  const request = encodeRequest(spans);
  const places: { at: number; bytes: number }[] = [];
  let from = 0;
  for (const id of spans.flatMap(({ traceId, spanId }) => [traceId, spanId])) {
    const at = request.indexOf(id, from, 'hex');
    places.push({ at, bytes: id.length / 2 });
    from = at;
  }
  return () => {
    for (const { at, bytes } of places) randomFillSync(request, at, bytes);
    return request;
  };
}

const backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
const nextRequest = requestMaker();
for (let sent = 0; sent < SPANS; sent += AT_ONCE) backend.store.add(nextRequest());

// What garbage took goes back to the system a little after it was collected.
const residentMb = () => process.memoryUsage.rss() / 1e6;
const collected = () => {
  globalThis.gc!();
  return residentMb() <= LIMIT_MB;
};
await eventually(collected, `at most ${LIMIT_MB} MB are resident`).catch(() => {}); // the test says how many there are
const { accepted, spans } = backend.store.status();
process.send!({ accepted, spans, residentMb: residentMb() });
await backend.close();
