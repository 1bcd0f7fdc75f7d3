import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

test('100,000 spans are kept in 256 MB, also where each is a trace of its own and older ones have gone', async () => {
  const child = fork(fileURLToPath(new URL('memory-child.ts', import.meta.url)), {
    execArgv: ['--expose-gc', '--import', 'tsx'],
  });
  const [held] = (await once(child, 'message')) as [Record<'accepted' | 'spans' | 'residentMb', number>];
  await once(child, 'exit');

  assert.equal(held.accepted, 250_000);
  assert.ok(held.spans >= 100_000, `${held.spans} spans`);
  assert.ok(held.residentMb <= 256, `${held.residentMb.toFixed(0)} MB`);
});
