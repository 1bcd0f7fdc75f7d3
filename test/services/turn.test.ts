import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { stateFolder } from '../parts/state.ts';
import { inTurn } from '#workshop/services/turn';
import { isolatedEnvironment } from '../support/environment.ts';
import { startScript } from '../support/process.ts';

const file = join(stateFolder, 'starting');
/** Makes it the turn of a process that is running. */
const giveTurnToAnother = (path = file) => writeFile(path, String(process.ppid));

test('a start that is cancelled while it waits cancels no other one', async () => {
  await giveTurnToAnother();
  const cancelled = new AbortController();
  let waiting = 0;
  const onWaiting = () => void (++waiting === 2 && cancelled.abort());
  const first = inTurn(async () => 'first', { onWaiting, signal: cancelled.signal });
  const second = inTurn(async () => 'second', { onWaiting });
  await assert.rejects(first, { name: 'AbortError' });

  const third = inTurn(async () => 'third');
  await rm(file);
  assert.deepEqual(await Promise.all([second, third]), ['second', 'third']);
  assert.deepEqual(await readdir(stateFolder), []);
});

test('starts of one process share its turn, and the last of them ends it', async () => {
  let finish = () => {};
  const first = inTurn(() => new Promise<void>((resolve) => (finish = resolve)));
  await inTurn(async () => {});
  assert.ok(existsSync(file));
  finish();
  await first;
  assert.deepEqual(await readdir(stateFolder), []);
});

test('a file that is older than any start is ignored, even if a running process has the id in it', async () => {
  await giveTurnToAnother();
  const hourAgo = new Date(Date.now() - 3_600_000);
  await utimes(file, hourAgo, hourAgo);
  assert.equal(await inTurn(async () => 'started'), 'started');
});

test('of two commands that find the file of a killed process, one removes it, and a killed one blocks no other', async () => {
  const killed = String(spawnSync(process.execPath, ['--version']).pid);
  const remover = `${file}.remover`;
  await writeFile(file, killed);
  await giveTurnToAnother(remover);
  let isWaiting = () => {};
  const waiting = new Promise<void>((resolve) => (isWaiting = resolve));
  const start = inTurn(async () => 'started', { onWaiting: isWaiting });
  await waiting;
  assert.equal(await readFile(file, 'utf8'), killed);

  await writeFile(remover, killed);
  assert.equal(await start, 'started');
  assert.deepEqual(await readdir(stateFolder), []);
});

for (const command of ['services', 'backend']) {
  test(`Ctrl-C ends npm run ${command} while it waits for its turn`, async (t) => {
    const { env } = await isolatedEnvironment(t);
    await giveTurnToAnother(join(env.WORKSHOP_STATE!, 'starting'));
    const subject = startScript(t, `workshop/commands/${command}.ts`, [], { env });
    await subject.printed(/^Waiting for another command/m);
    subject.child.kill('SIGINT');
    assert.equal(await subject.ended, 130);
  });
}
