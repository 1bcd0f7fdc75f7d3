import assert from 'node:assert/strict';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readProjectFile } from '#tools/project-files';
import { changesShownBy, generatePart, typePart } from '#tools/docs/parts';
import { readLessonFiles } from '#workshop/course/files';
import { listChapters } from '#workshop/course/chapters';
import { findStep, listSteps } from '#workshop/course/list';
import { temporaryFolder } from '../../support/environment.ts';

const part = (words: string, body = '') => {
  const [name, ...rest] = words.split(' ');
  return { name: name!, words: rest, body };
};

test('the table of steps has a row for each, with its goal and how much code it changes', async () => {
  const rows = (await generatePart(part('steps'))).split('\n').slice(2);
  const steps = await listSteps();
  assert.equal(rows.length, steps.length);
  for (const [index, step] of steps.entries()) {
    assert.ok(
      rows[index]!.includes(`| [${step.title}](steps/${step.name}/README.md) | ${step.goal} |`),
      rows[index],
    );
  }
  assert.match(rows[2]!, /\| \+9 −1 \|$/);
  assert.match(rows[0]!, /\|  \|$/);
});

test('the README says how long each chapter takes: as long as its steps together', async () => {
  const readme = await readProjectFile('README.md');
  const minutes = (await generatePart(part('steps'))).matchAll(/^\| (\d+) \|.*\| (\d+) \| [^|]*\|$/gm);
  const minutesOf = new Map([...minutes].map(([, number, text]) => [Number(number), Number(text)]));
  for (const chapter of await listChapters()) {
    const sum = chapter.reduce((total, { number }) => total + minutesOf.get(number)!, 0);
    assert.match(readme, new RegExp(`about ${sum}(?: minutes|\\nminutes)`));
  }
});

test('the difference between two steps names its files, that of one file does not', async () => {
  const all = await generatePart(part('diff 04 05'));
  assert.deepEqual(all.match(/^\+\+\+ .*$/gm), ['+++ b/bands-api/app.ts', '+++ b/reviews-api/app.ts']);
  const one = await generatePart(part('diff 04 05 reviews-api/app.ts'));
  assert.match(one, /^```diff\n@@ /);
  assert.ok(all.endsWith(one.replace('```diff\n', '')));
  assert.doesNotMatch(all, / $/m);
});

test('a difference shows the code of a lesson without its comments, and a new file whole', async () => {
  const lesson = await generatePart(part('diff 08 09 bands-api/app.ts'));
  assert.match(lesson, /^\+function traceIds\(\) \{$/m);
  assert.doesNotMatch(lesson, /^\+\/\*\*/m);
  const later = await generatePart(part('diff 09 10 bands-api/app.ts'));
  assert.doesNotMatch(later, /^-\s*\/\//m, 'the reader has not typed the comment that goes');
  assert.match(
    await generatePart(part('diff 05 06 bands-api/reviews.ts')),
    /^-.* \/\/ give reviews-api time/m,
  );
  assert.match(await generatePart(part('file 02 bands-api/tracing.ts')), /^\/\/ Loaded before the app/m);
});

test('what parts show can be typed: changed files, new ones, and one that becomes another', async (t) => {
  const folder = await temporaryFolder(t);
  await cp((await findStep('3')).folder, folder, { recursive: true });
  for (const words of [
    'diff 03 04 bands-api/tracing.ts reviews-api/tracing.ts',
    'diff 03 04 bands-api/app.ts',
  ]) {
    await typePart(part(words), folder);
  }
  assert.deepEqual(await readLessonFiles(folder), await readLessonFiles((await findStep('4')).folder));

  await writeFile(join(folder, 'run.ts'), 'mine');
  await typePart(part('diff 02 03'), folder);
  assert.equal((await readLessonFiles(folder)).get('run.ts'), 'mine', 'no work is typed over');
});

test('a part that shows no code types nothing', async () => {
  assert.deepEqual(await changesShownBy(part('steps')), []);
});

test('a trace is recorded by calling the services of the step, and stays while it means the same', async () => {
  const first = await generatePart(part('trace 06'));
  assert.match(
    first,
    /^```text\nbands-api: GET \/bands\/:id .* 8 spans · 2 services · no errors\n[^]*\n```$/,
  );
  assert.equal(first.match(/read review/g)!.length, 3);

  const shown = first.replace(/\d+ ms/g, '7 ms');
  assert.equal(await generatePart(part('trace 06', shown)), shown);
  assert.notEqual(await generatePart(part('trace 06', shown.replace('get reviews', 'get bands'))), shown);
});
