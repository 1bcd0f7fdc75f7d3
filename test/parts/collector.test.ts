/** What needs no collector: test/scale/collector.scale.ts starts a real one. */
import { stateFolder } from './state.ts';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test, type TestContext } from 'node:test';
import { startBackend } from '#workshop/backend/start';
import { freePort } from '#workshop/net/ports';
import { collector } from '#workshop/parts/collector';
import { lookFor } from '#workshop/parts/look';

/** Sets the variable that says where the collector is. */
function setUrl(t: TestContext, url: string) {
  process.env['COLLECTOR_URL'] = url;
  t.after(() => delete process.env['COLLECTOR_URL']);
}

test('without a collector, a sentence says how to get it', async (t) => {
  const path = process.env.PATH;
  process.env.PATH = stateFolder; // there are no programs in it
  t.after(() => (process.env.PATH = path));

  const found = await lookFor(collector);
  assert.ok('missing' in found);
  assert.match(
    found.missing,
    /^not installed\. Get it with .*otelcol-contrib.*, or docker compose up collector \(.*\)\.$/,
  );
});

test('what receives spans at the address in COLLECTOR_URL is used', async (t) => {
  const backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
  t.after(() => backend.close());
  setUrl(t, backend.otlpGrpcUrl);

  const found = await lookFor(collector);
  assert.deepEqual(found, {
    address: { COLLECTOR_URL: backend.otlpGrpcUrl, COLLECTOR_METRICS_URL: 'http://localhost:8889' },
  });
});

test('nothing, or another program, at the address in COLLECTOR_URL: a sentence says so', async (t) => {
  const port = await freePort();
  setUrl(t, `http://localhost:${port}`);
  const nothing = await lookFor(collector);
  assert.ok('missing' in nothing);
  assert.match(
    nothing.missing,
    new RegExp(`^nothing is listening at localhost:${port} \\(from COLLECTOR_URL\\)\\.`),
  );

  const server = createServer((_, response) => response.end()).listen(port, 'localhost');
  t.after(() => server.close().closeAllConnections());
  const other = await lookFor(collector);
  assert.ok('missing' in other);
  assert.match(
    other.missing,
    new RegExp(`^localhost:${port} \\(from COLLECTOR_URL\\) is used by .+ or change COLLECTOR_`),
  );
});
