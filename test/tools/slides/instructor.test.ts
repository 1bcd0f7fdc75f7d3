import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readBlocks } from '#tools/markdown';
import { projectFolder } from '#workshop/settings';
import { schedules } from '#tools/slides/model';
import { temporaryFolder } from '../../support/environment.ts';
import { start } from '../../support/process.ts';

const read = (path: string) => readFile(join(projectFolder, path), 'utf8');
const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> };
const guide = await read('INSTRUCTOR.md');
const chapters = (await readdir(join(projectFolder, 'slides'))).filter((name) => name.endsWith('.md'));

test('every npm command in the guide and on the slides exists', async () => {
  const texts = [guide, ...(await Promise.all(chapters.map((name) => read(`slides/${name}`))))];
  const named = [...texts.join('\n').matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name!);
  assert.ok(named.length > 50);
  for (const name of new Set(named)) assert.ok(scripts[name], `npm run ${name}`);
});

test('the guide has every schedule, as npm run docs writes it', () => {
  const parts = readBlocks(guide).filter((block) => block.kind === 'generated');
  assert.deepEqual(
    parts.map(({ name, words }) => [name, ...words]),
    Object.keys(schedules).map((name) => ['schedule', name]),
  );
});

for (const image of [/jaegertracing\/jaeger:[\w.-]+/g, /rabbitmq:\d[\w.-]*/g]) {
  test(`the guide names the same image version as the rest of the repository: ${image.source}`, async () => {
    const pinned = (await read('docker-compose.yml')).match(image)!;
    assert.deepEqual(new Set(guide.match(image)), new Set(pinned));
  });
}

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

test('the guide fetches the packages for all common systems and processors', () => {
  const fetched = [
    ...guide.matchAll(/^npm ci --cache \.\/npm-cache --os=(\w+) --cpu=(\w+) --ignore-scripts$/gm),
  ];
  assert.deepEqual(
    fetched.map(([, os, cpu]) => `${os} ${cpu}`),
    ['darwin arm64', 'darwin x64', 'win32 arm64', 'win32 x64', 'linux arm64', 'linux x64'],
  );
});
