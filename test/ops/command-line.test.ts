/** What the command line of ops prints, and its exit codes. test/chat/commands.test.ts compares its tables with the bot's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBackend } from '#workshop/backend/start';
import { freePort } from '#workshop/net/ports';
import { encodeRequest, sendHttp, someSpan, someTraceId } from '../support/otlp.ts';
import { startOps } from '../support/ops-system.ts';
import { runScript } from '../support/process.ts';

test('people get tables and sentences, programs get JSON and exit codes', async (t) => {
  const backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
  t.after(() => backend.close());
  const unused = await freePort();
  const ops = await startOps(backend.queryUrl, `http://localhost:${unused}`);
  t.after(() => ops.close());
  const span = someSpan({ name: 'work' });
  await sendHttp(backend.otlpHttpUrl, encodeRequest([span], 'worker'));
  const unknown = someTraceId();

  const run = (words: string[], port = ops.port) =>
    runScript(t, 'steps/20-ask-the-system/ops/cli.ts', words, {
      env: { ...process.env, OPS_PORT: String(port) },
    });
  const [help, table, shown, refused, ...failures] = await Promise.all([
    run(['--help']),
    run(['trace', span.traceId]),
    run(['trace', span.traceId, '--json']),
    run(['trace', unknown, '--json']),
    run(['trace']),
    run(['logs', 'xyz']),
    run(['alerts'], unused),
  ]);

  assert.match(help.stdout, /limit=5 +at most this many; 20 by default/);
  assert.match(
    table.stdout,
    new RegExp(`^Trace ${span.traceId} took 1\\.0 ms, with no errors:\n\npage +http`),
  );
  assert.deepEqual(JSON.parse(shown.stdout).operations, ['worker: work']);
  for (const { code, stderr } of [help, table, shown]) assert.deepEqual([code, stderr], [0, '']);

  const message = `Trace ${unknown} doesn't exist.`;
  assert.deepEqual(JSON.parse(refused.stdout), { status: 'NOT_FOUND', message });
  assert.deepEqual([refused.code, refused.stderr], [1, `${message}\n`]);

  const expected: [code: number, sentence: RegExp][] = [
    [2, /^Write this command as npx tsx ops\/cli\.ts trace ID\.\n$/],
    [2, /^"xyz" is not a trace id: it needs 32 hex digits\.\n$/],
    [1, /^The ops service at localhost:\d+ doesn't respond: start it with npm run services\.\n$/],
  ];
  for (const [index, [code, sentence]] of expected.entries()) {
    const failed = failures[index]!;
    assert.match(failed.stderr, sentence);
    assert.deepEqual([failed.code, failed.stdout], [code, '']);
  }
});
