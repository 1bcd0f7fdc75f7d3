import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { test } from 'node:test';
import { residentMb, startBackendProcess } from '../support/backend-process.ts';
import { eventually } from '../support/eventually.ts';
import { encodeRequest, sendHttp, someSpan } from '../support/otlp.ts';

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

const SPANS_AT_ONCE = 1_000;

/** Gives a request after the other, each with spans that have ids of their own: encoded once, and the ids written anew. */
function requestMaker(): () => Buffer {
  const spans = Array.from({ length: SPANS_AT_ONCE }, () => someSpan({ attributes }));
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

test('100,000 spans are kept in 256 MB, also where each is a trace of its own and older ones have gone', async (t) => {
  if (process.platform === 'win32') return t.skip('nobody can be asked on Windows');
  const backend = await startBackendProcess();
  try {
    const nextRequest = requestMaker();
    for (let sent = 0; sent < 250_000; sent += SPANS_AT_ONCE) {
      assert.equal((await sendHttp(backend.env['OTLP_URL']!, nextRequest())).status, 200);
    }
    const status = (await (await fetch(`${backend.queryUrl}/status`)).json()) as Record<string, number>;
    assert.equal(status['accepted'], 250_000);
    assert.ok(status['spans']! >= 100_000, `${status['spans']} spans`);
    // What a load of minutes within seconds leaves for the garbage collector is gone soon after.
    await eventually(
      async () => (await residentMb(backend.pid)) <= 256,
      'the memory is within 256 MB',
      60_000,
    );
  } finally {
    await backend.stop();
  }
});
