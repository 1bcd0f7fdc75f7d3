import assert from 'node:assert/strict';
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readBlocks } from '#workshop/docs/markdown';
import { projectFolder } from '#workshop/settings';
import { schedules } from '#workshop/slides/model';
import { temporaryFolder } from '../support/environment.ts';
import { start } from '../support/process.ts';

const read = (path: string) => readFile(join(projectFolder, path), 'utf8');
const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> };
const guide = await read('INSTRUCTOR.md');
const chapters = (await readdir(join(projectFolder, 'slides'))).filter((name) => name.endsWith('.md'));

test('every npm command in the guide and on the slides is one that there is', async () => {
  const texts = [guide, ...(await Promise.all(chapters.map((name) => read(`slides/${name}`))))];
  const named = [...texts.join('\n').matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name!);
  assert.ok(named.length > 50);
  for (const name of new Set(named)) assert.ok(scripts[name], `npm run ${name}`);
});

test('the guide has every schedule, kept true by npm run docs', () => {
  const parts = readBlocks(guide).filter((block) => block.kind === 'generated');
  assert.deepEqual(
    parts.map(({ name, words }) => [name, ...words]),
    Object.keys(schedules).map((name) => ['schedule', name]),
  );
});

test('the guide names the Jaeger that the rest of the repository is pinned to', async () => {
  const image = /jaegertracing\/jaeger:[\d.]+/;
  assert.equal(image.exec(guide)?.[0], image.exec(await read('docker-compose.yml'))?.[0]);
});

test('npm ci --offline installs what the lock file says from a cache that npm ci has filled', async (t) => {
  const folder = await temporaryFolder(t);
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    await cp(join(projectFolder, name), join(folder, name));
  }
  const words = ['ci', '--offline', '--ignore-scripts', '--loglevel=error'];
  // Windows starts no script without a shell, but npm says to its scripts where it is.
  const npm = process.env.npm_execpath;
  const install = npm
    ? start(t, process.execPath, [npm, ...words], { cwd: folder })
    : start(t, 'npm', words, { cwd: folder });
  const code = await install.ended;
  if (/ENOTCACHED/.test(install.stderr) && process.env.CI !== 'true') {
    return t.skip('the cache of npm on this machine does not hold all packages: npm ci fills it');
  }
  assert.equal(code, 0, install.stderr);
  const installed = await readdir(join(folder, 'node_modules'));
  for (const name of ['tsx', 'fastify', 'reveal.js']) assert.ok(installed.includes(name), name);
});
