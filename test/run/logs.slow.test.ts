import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBackend } from '#workshop/backend/start';
import { isolatedEnvironment, temporaryFolder } from '../support/environment.ts';
import { runScript } from '../support/process.ts';

test('run.ts --logs draws the log lines below their spans, whether or not it started the backend', async (t) => {
  const { env, ports } = await isolatedEnvironment(t);
  const folder = await temporaryFolder(t);
  for (const isRunning of [false, true]) {
    if (isRunning) {
      const { query: queryPort, otlpGrpc: otlpGrpcPort } = ports;
      const backend = await startBackend({ queryPort, otlpGrpcPort, otlpHttpPort: ports.otlpHttp });
      t.after(() => backend.close());
    }
    const { code, stderr } = await runScript(t, 'test/run/log-caller.ts', ['--logs', folder], { env });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^caller +the call .*\ncaller +! \+\S+ (µs|ms) warn the cache is cold key=band\n/m);
  }
  const without = await runScript(t, 'test/run/log-caller.ts', [folder], { env });
  assert.doesNotMatch(without.stderr, /the cache is cold/);
});

test('run.ts --logs waits until the lines that the services have printed arrive', async (t) => {
  const { env } = await isolatedEnvironment(t);
  const step = 'steps/10-let-the-library-do-it/run.ts';
  const { code, stderr } = await runScript(t, step, ['--logs'], { env });
  assert.equal(code, 0, stderr);
  for (const service of ['bands-api', 'reviews-api']) {
    for (const message of ['incoming request', 'request completed'])
      assert.match(stderr, new RegExp(`^${service} .* info ${message}`, 'm'));
  }
});
