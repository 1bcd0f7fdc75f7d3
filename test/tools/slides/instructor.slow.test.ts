import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectFolder } from '#workshop/settings';
import { temporaryFolder } from '../../support/environment.ts';
import { start } from '../../support/process.ts';

const guide = await readFile(join(projectFolder, 'INSTRUCTOR.md'), 'utf8');

test('the commands of the guide fill a cache and install from it without a network', async (t) => {
  const [fill, install] = ['npm ci --cache ./npm-cache', 'npm ci --offline --cache ./npm-cache'];
  for (const command of [fill, install]) assert.ok(guide.split('\n').includes(command!), command);
  const folder = await temporaryFolder(t);
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    await cp(join(projectFolder, name), join(folder, name));
  }
  const run = async (command: string) => {
    const words = command.split(' ').slice(1);
    // Windows can't start scripts without a shell, but npm tells its scripts its own path.
    const npm = process.env.npm_execpath;
    const started = npm
      ? start(t, process.execPath, [npm, ...words], { cwd: folder })
      : start(t, 'npm', words, { cwd: folder });
    return { code: await started.ended, stderr: started.stderr };
  };

  const filled = await run(fill!);
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(filled.stderr) &&
    process.env.CI !== 'true'
  ) {
    return t.skip('no network: npm cannot fill a cache');
  }
  assert.equal(filled.code, 0, filled.stderr);
  await rm(join(folder, 'node_modules'), { recursive: true });

  const installed = await run(install!);
  assert.equal(installed.code, 0, installed.stderr);
  const names = await readdir(join(folder, 'node_modules'));
  for (const name of ['tsx', 'fastify', 'reveal.js']) assert.ok(names.includes(name), name);
});
