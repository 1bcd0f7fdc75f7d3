import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readBlocks } from '#workshop/docs/markdown';
import { projectFolder } from '#workshop/settings';
import { schedules } from '#workshop/slides/model';

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
