import assert from 'node:assert/strict';
import { test } from 'node:test';
import { residentMb, startBackendProcess } from '../support/backend-process.ts';
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

test('100,000 spans are kept in 256 MB, also where each is a trace of its own and older ones have gone', async (t) => {
  if (process.platform === 'win32') return t.skip('Windows has no ps');
  const backend = await startBackendProcess();
  try {
    for (let batch = 0; batch < 250; batch++) {
      const spans = Array.from({ length: 1_000 }, () => someSpan({ attributes }));
      assert.equal((await sendHttp(backend.env['OTLP_URL']!, encodeRequest(spans))).status, 200);
    }
    const status = (await (await fetch(`${backend.queryUrl}/status`)).json()) as Record<string, number>;
    assert.equal(status['accepted'], 250_000);
    assert.ok(status['spans']! >= 100_000, `${status['spans']} spans`);
    const resident = await residentMb(backend.pid);
    assert.ok(resident <= 256, `${resident.toFixed(0)} MB`);
  } finally {
    await backend.stop();
  }
});
