import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPatch } from 'diff';
import { readBlocks, readLinks } from '#tools/markdown';
import { changesShownBy } from '#tools/docs/parts';
import { projectPaths, readProjectFile } from '#tools/project-files';
import { renewDocument } from '#tools/docs/renew';
import { changesBetween } from '#workshop/course/changes';
import { isSameSystem, readLessonFiles } from '#workshop/course/files';
import { listSteps, startOf } from '#workshop/course/list';
import { observed, unobservable } from '../../support/observed.ts';

const documents = (await projectPaths()).filter((path) => path.endsWith('.md')).toSorted();
const steps = await listSteps();
// documents.slow.test.ts runs the commands whose output was not observed.
for (const path of documents) {
  const step = steps.find(({ name }) => path === `steps/${name}/README.md`);
  const skip = step ? await unobservable(step) : false;
  test(`${path} shows what was observed and what its parts generate`, { skip }, async () => {
    if (step) await observed(step);
    const { before, after } = await renewDocument(path, { outputs: 'observed' });
    assert.ok(before === after, `npm run docs would change it:\n${createPatch(path, before, after)}`);
  });
}

for (const [index, step] of steps.entries()) {
  const path = `steps/${step.name}/README.md`;
  const before = startOf(step) ?? steps[index - 1]?.folder;
  if (!before) continue;
  const files = await readLessonFiles(step.folder);
  const filesBefore = await readLessonFiles(before);
  if (!isSameSystem(filesBefore, files)) continue; // nothing is typed where another system begins

  test(`${path} has every change of its step typed, and no other`, async () => {
    const parts = readBlocks(await readProjectFile(path)).filter((block) => block.kind === 'generated');
    const shown = (await Promise.all(parts.map(changesShownBy))).flat();
    const changes = changesBetween(filesBefore, files);

    assert.deepEqual(
      shown.map((change) => change.path).toSorted(),
      changes.map((change) => change.path).toSorted(),
    );
    for (const { path: file, after } of shown) assert.equal(after, files.get(file), file);
  });
}

test('the README of each step has the same sections in the same order, and leads to the next', async () => {
  const sections = [
    'Before you start',
    'Do it',
    'Run it',
    'Check it',
    'What happened',
    'Try this',
    "If it doesn't work",
  ];
  for (const [index, { name }] of steps.entries()) {
    const text = await readProjectFile(`steps/${name}/README.md`);
    const found = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    assert.deepEqual(found, sections, name);

    const next = steps[index + 1];
    const end = next
      ? new RegExp(`\\nNext.*: \\[.+\\]\\(\\.\\./${next.name}/README\\.md\\)\\n$`)
      : /last step/;
    assert.match(text, end, name);
  }
});

for (const { name } of steps) {
  const path = `steps/${name}/README.md`;

  test(`${path} gives the task first, then hints, and folds the change`, async () => {
    const text = await readProjectFile(path);
    assert.match(
      text,
      /^# .+\n\n(?:.+\n)+\n\*\*About \d+ minutes\*\*\n\n## /,
      'its minutes are below its goal',
    );
    const doIt = text.slice(text.indexOf('\n## Do it\n'), text.indexOf('\n## Run it\n'));
    assert.match(doIt, /^\n## Do it\n\n\*\*Your task:\*\* /);

    const openings = /^<!-- (?:diff|file) /gm;
    const count = text.match(openings)?.length ?? 0;
    if (count === 0) return; // there is nothing to type

    const folds = [...doIt.matchAll(/^<details>\n<summary>(.+)<\/summary>\n([^]+?)^<\/details>$/gm)];
    const summaries = folds.map(([, summary]) => summary);
    const hints = summaries.slice(0, -1);
    assert.ok(hints.length >= 2, `${hints.length} hints`);
    assert.deepEqual(summaries, [...hints.map((_, index) => `Hint ${index + 1}`), 'The change']);
    assert.equal(folds.at(-1)![2]!.match(openings)?.length, count, 'every change is in the last fold');
  });

  test(`${path} links to the files that a reader edits, and not to those of the snapshot`, async () => {
    const links = readLinks(await readProjectFile(path));
    assert.deepEqual(
      links.filter((link) => !/^(?:\.\.\/|https?:|#)/.test(link)),
      [],
    );
  });

  test(`${path} has at most 900 words to read before the check`, async () => {
    const text = await readProjectFile(path);
    const blocks = readBlocks(text.slice(0, text.indexOf('\n## Check it\n')));
    const words = blocks.filter(({ kind }) => kind === 'text').flatMap(({ raw }) => raw.match(/\S+/g) ?? []);
    assert.ok(words.length <= 900, `${words.length} words`);
  });
}
