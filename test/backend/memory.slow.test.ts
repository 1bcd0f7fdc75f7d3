import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

/** What a backend holds after it has taken in far more than it keeps. */
async function held(...words: string[]) {
  const child = fork(fileURLToPath(new URL('memory-child.ts', import.meta.url)), words, {
    execArgv: ['--expose-gc', '--import', 'tsx/esm'],
  });
  const [message] = await once(child, 'message');
  await once(child, 'exit');
  return message as Record<'accepted' | 'spans' | 'logs' | 'residentMb', number>;
}

test('100,000 spans are kept in 256 MB, also where each is a trace of its own and older ones have gone', async () => {
  const { accepted, spans, residentMb } = await held('256');
  assert.equal(accepted, 250_000);
  assert.ok(spans >= 100_000, `${spans} spans`);
  assert.ok(residentMb <= 256, `${residentMb.toFixed(0)} MB`);
});

test('100,000 spans with 100,000 log records are kept in 320 MB', async () => {
  const { spans, logs, residentMb } = await held('320', 'logs');
  assert.ok(spans >= 100_000, `${spans} spans`);
  assert.ok(logs >= 100_000, `${logs} log records`);
  assert.ok(residentMb <= 320, `${residentMb.toFixed(0)} MB`);
});
