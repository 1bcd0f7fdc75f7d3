import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectFolder } from '#workshop/settings';
import { isolatedEnvironment, temporaryFolder } from '../support/environment.ts';
import { runScript } from '../support/process.ts';
import { slowTest, test } from '../support/tests.ts';

test('a full disk at stdout: one sentence, exit code 1', { skip: process.platform !== 'linux' }, async () => {
  const words = ['--import', 'tsx/esm', 'workshop/commands/diff.ts', '3', '4'];
  const child = spawn(process.execPath, words, {
    cwd: projectFolder,
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
  });
  let stderr = '';
  child.stderr!.setEncoding('utf8').on('data', (text) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number];
  assert.equal(stderr, "The output can't be written: ENOSPC: no space left on device, write\n");
  assert.equal(code, 1);
});

test('a state folder that cannot be created: npm run step fails with one sentence', async (t) => {
  const { code, stdout, stderr } = await runScript(t, 'workshop/commands/step.ts', ['3'], {
    env: { ...process.env, WORKSHOP_STATE: await impossibleFolder(t) },
  });
  assert.match(stderr, /^ENOTDIR: .+\n$/);
  assert.equal(stdout, '');
  assert.equal(code, 1);
});

slowTest('a state folder that cannot be created: run.ts shows its call, and a check passes', async (t) => {
  const { env } = await isolatedEnvironment(t);
  env.WORKSHOP_STATE = await impossibleFolder(t);

  const run = await runScript(t, 'run.ts', [], { env });
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stdout, /^ {4}"name": "Fugazi",$/m);

  const check = await runScript(t, 'workshop/commands/check.ts', ['10'], { env });
  assert.equal(check.code, 0, check.stderr);
  assert.match(check.stderr, /^The step passed, but the progress can't be saved: ENOTDIR: .+$/m);
});

/** A folder below a file. */
async function impossibleFolder(t: Parameters<typeof temporaryFolder>[0]): Promise<string> {
  const file = join(await temporaryFolder(t), 'file');
  await writeFile(file, '');
  return join(file, 'state');
}
