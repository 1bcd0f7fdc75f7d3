/** What the embedded backend does beyond Jaeger 1.76's API v3. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBackend } from '#workshop/backend/start';
import { encodeRequest, sendHttp, someSpan } from '../support/otlp.ts';

test('attributes in a search of the API v3', async (t) => {
  const backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
  t.after(() => backend.close());
  const span = someSpan({ attributes: { 'http.route': '/bands/:id' } });
  await sendHttp(backend.otlpHttpUrl, encodeRequest([span], 'bands-api'));
  const search = async (attributes: string) => {
    const now = Date.now();
    const query = new URLSearchParams({
      'query.service_name': 'bands-api',
      'query.start_time_min': new Date(now - 60_000).toISOString(),
      'query.start_time_max': new Date(now + 60_000).toISOString(),
      'query.attributes': attributes,
    });
    return (await fetch(`${backend.queryUrl}/api/v3/traces?${query}`)).status;
  };
  assert.equal(await search('{"http.route":"/bands/:id"}'), 200);
  assert.equal(await search('{"http.route":"/reviews"}'), 404);
  assert.equal(await search('["http.route"]'), 400);
  assert.equal((await fetch(`${backend.queryUrl}/api/v3/nothing`)).status, 404);
});
