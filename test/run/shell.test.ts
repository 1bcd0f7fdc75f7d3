import assert from 'node:assert/strict';
import { isolatedEnvironment } from '../support/environment.ts';
import { runScript } from '../support/process.ts';
import { test } from '../support/tests.ts';

test("variables that are left in the shell: an address that isn't one, and the SDK's own log, which stays off stdout", async (t) => {
  const { env } = await isolatedEnvironment(t);
  const inherited = { HOST: 'x86_64-conda-linux-gnu', PORT: '3000', OTEL_LOG_LEVEL: 'debug' };

  const run = await runScript(t, 'run.ts', ['--json'], { env: { ...env, ...inherited } });

  assert.equal(run.code, 0, run.stderr);
  assert.equal((JSON.parse(run.stdout) as { spans: number }).spans, 10);
  assert.match(run.stderr, /Registered a global for diag/);
});
