import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readBlocks } from '#tools/markdown';
import { projectFolder } from '#workshop/settings';
import { schedules } from '#tools/slides/model';

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

test('the guide fetches the packages for all common systems and processors', () => {
  const fetched = [
    ...guide.matchAll(/^npm ci --cache \.\/npm-cache --os=(\w+) --cpu=(\w+) --ignore-scripts$/gm),
  ];
  assert.deepEqual(
    fetched.map(([, os, cpu]) => `${os} ${cpu}`),
    ['darwin arm64', 'darwin x64', 'win32 arm64', 'win32 x64', 'linux arm64', 'linux x64'],
  );
});
