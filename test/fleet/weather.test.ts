import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from '#workshop/net/ports';
import { projectFolder } from '#workshop/settings';
import { projectCopy } from '../support/copy.ts';
import { runScript, start } from '../support/process.ts';

test('weather: an invalid number is refused with one sentence', async (t) => {
  for (const [flag, value] of [
    ['--delay', '45O'],
    ['--error-rate', ''],
    ['--jitter', 'much'],
  ] as const) {
    const { code, stderr } = await runScript(t, 'workshop/command.ts', ['weather', `${flag}=${value}`]);
    assert.equal(code, 2);
    assert.equal(stderr, `${flag} needs a number, not "${value}".\n`);
  }
});

test('weather: in a working copy without social-api, what to do', async (t) => {
  const { code, stderr } = await runScript(t, 'workshop/command.ts', ['weather']);
  assert.equal(code, 1);
  assert.match(stderr, /^The working copy has no social-api: npm run step 16\/start puts it there\.\n$/);
});

test('weather: social-api follows it, and without options all is well again', async (t) => {
  const cwd = await projectCopy(t);
  await mkdir(join(cwd, 'social-api'));
  await writeFile(join(cwd, 'social-api/service.json'), '{ "shared": "social-api" }');
  const port = String(await freePort());
  const env = { ...process.env, SOCIAL_API_PORT: port };
  const weather = (...words: string[]) =>
    runScript(t, 'workshop/command.ts', ['weather', ...words], { cwd, env });
  const statusOfFollowers = async () => (await fetch(`http://localhost:${port}/users/ada/followers`)).status;

  const stopped = await weather();
  assert.equal(stopped.code, 1);
  assert.match(stopped.stderr, /^social-api doesn't respond \(.+\): npm run services starts it\.\n$/);

  const service = start(t, process.execPath, ['--import', import.meta.resolve('tsx/esm'), 'main.ts'], {
    cwd: join(projectFolder, 'steps/shared/social-api'),
    env: { ...env, PORT: port },
  });
  await service.printed(/Server listening/);

  const bad = await weather('--delay', '5', '--jitter', '1', '--error-rate', '1');
  assert.equal(
    bad.stdout,
    'social-api: responses take 5 to 6 ms, and 100 % of the requests fail.\n',
    bad.stderr,
  );
  assert.equal(await statusOfFollowers(), 500);

  const fine = await weather();
  assert.equal(fine.stdout, 'social-api: responses take 20 to 40 ms, and 0 % of the requests fail.\n');
  assert.equal(await statusOfFollowers(), 200);

  const refused = await weather('--error-rate', '2');
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /^social-api refuses this weather \(.+\); --help lists the options\.\n$/);
});
