import { stateFolder } from './state.ts';
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Part } from '#workshop/parts/part';
import { rabbitmq } from '#workshop/parts/rabbitmq';
import { folderOf } from '#workshop/parts/running';
import { usePart } from '#workshop/parts/use';
import { projectFolder } from '#workshop/settings';
import { start, startScript } from '../support/process.ts';

const KEEPER = join(projectFolder, 'workshop/parts/keeper.mjs');
/** A program that prints something if it isn't stopped. */
const lasting = [process.execPath, '-e', 'setTimeout(() => console.log("still running"), 20_000)'];
const missing = [join(stateFolder, 'no-such-program')];

/** The arguments of a keeper of some programs. */
const keeping = (...commands: string[][]) => [
  KEEPER,
  JSON.stringify({ commands, user: {}, stopSignal: 'SIGTERM' }),
];

test('if a program cannot be started, the keeper stops those that it has started', async (t) => {
  const keeper = start(t, process.execPath, keeping(lasting, missing), { ipc: true });

  await keeper.ended; // which waits until the programs, whose output goes to the same pipe, have exited too

  assert.match(keeper.stderr, /no-such-program ENOENT/);
  assert.equal(keeper.stdout, '');
});

test('if the parent is killed before the keeper is up, the keeper stops its program', async (t) => {
  const spawnKeeper = `require('node:child_process').spawn(process.execPath, ${JSON.stringify(keeping(lasting))}, {
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });`;
  const parent = start(t, process.execPath, ['-e', `${spawnKeeper} process.kill(process.pid, 'SIGKILL');`]);

  await parent.ended;

  assert.equal(parent.stdout, '');
});

test('a part whose program cannot be started: the reason, and another try is possible', async () => {
  const part: Part = {
    ...rabbitmq,
    name: 'broken',
    variables: [],
    acceptsAnyInstance: false,
    programs: [],
    requires: [],
    startsOn: [process.platform],
    launch: async () => ({ commands: [missing], env: {}, address: rabbitmq.address() }),
  };
  for (let attempt = 1; attempt <= 2; attempt++) {
    await assert.rejects(usePart(part), {
      message: /^RabbitMQ did not start: it exited\n.*no-such-program ENOENT$/,
    });
  }
});

test('several processes that claim a part at once: exactly one gets it, even after a part that was left running', async (t) => {
  const owner = start(t, process.execPath, ['-e', '']);
  await owner.ended;
  const names = Array.from({ length: 20 }, (_, index) => `part-${index + 10}`);
  for (const name of names.slice(10)) {
    const folder = folderOf({ ...rabbitmq, name });
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'running.json'), JSON.stringify({ owner: owner.child.pid }));
  }

  const claimants = Array.from({ length: 3 }, () =>
    startScript(t, 'test/parts/claim.ts', names, { stdin: 'pipe' }),
  );
  await Promise.all(claimants.map((claimant) => claimant.printed(/done\n/)));

  const claimed = claimants.flatMap(({ stdout }) => stdout.match(/part-\d+/g) ?? []);
  assert.deepEqual(claimed.toSorted(), names);
});
