import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { currentStep, nextStep, positionOf } from '#workshop/course/current';
import { differenceBetween } from '#workshop/course/difference';
import { findStep, listSteps, wordsOf } from '#workshop/course/list';
import { reachedStep, readProgress, recordPassed } from '#workshop/course/progress';
import { putStep, restoreWork } from '#workshop/course/put';
import { readWorkingCopy } from '#workshop/course/working-copy';
import { tinyCourse } from './tiny-course.ts';

test('a step is found by its number and by its name, with the title and the goal from its README', async (t) => {
  const course = await tinyCourse(t);
  const steps = await listSteps(course);
  assert.deepEqual(steps.map(({ number, name, title, goal }) => ({ number, name, title, goal }))[0], {
    number: 1,
    name: '01-say-hello',
    title: 'Say hello',
    goal: 'Start a service that says hello.',
  });
  for (const words of ['2', '02', '02-know-names']) assert.deepEqual(await findStep(words, course), steps[1]);
  await assert.rejects(findStep('5', course), {
    message:
      'There is no step "5". Use the number or the name of one of these: 01-say-hello, 02-know-names, 03-be-polite, 04-count.',
  });
});

test('the working copy is at the step that it equals, or at the closest one', async (t) => {
  const course = await tinyCourse(t);
  const position = async () => {
    const { step, exact } = await positionOf(await readWorkingCopy(course), course);
    return [step.number, exact];
  };
  assert.deepEqual(await position(), [3, true]);
  await course.write('run.ts', '// half a thought\n');
  assert.deepEqual(await position(), [3, false]);
});

test('the current step is the last one that was put, even if the next one is typed, until that passes its check', async (t) => {
  const course = await tinyCourse(t);
  await course.put(1);
  for (const [path, text] of await course.step(2)) await course.write(path, text);
  assert.equal((await currentStep(course)).number, 1);
  assert.equal((await nextStep(course)).number, 2);

  await recordPassed(await findStep('2', course), course);
  assert.equal((await currentStep(course)).number, 2);
  await recordPassed(await findStep('1', course), course);
  assert.equal((await currentStep(course)).number, 2, 'checking an earlier step again does not go back');
  assert.deepEqual((await readProgress(course)).checked, ['02-know-names', '01-say-hello']);

  for (const [path, text] of await course.step(4)) await course.write(path, text);
  await course.remove('greeter');
  assert.equal((await currentStep(course)).number, 4, 'as after git switch');
  assert.equal((await nextStep(course)).number, 4, 'after the last step there is no other');
});

test('after the start of a step is put, people work toward that step until it passes; resetting puts the start back', async (t) => {
  const course = await tinyCourse(t);
  const reached = async () => [wordsOf(await currentStep(course)), (await nextStep(course)).number];
  const start = await findStep('4/start', course);
  await putStep(start, course);
  assert.deepEqual(await reached(), ['04-count/start', 4]);
  assert.deepEqual(await positionOf(await readWorkingCopy(course), course), { step: start, exact: true });

  for (const [path, text] of await course.step(4)) await course.write(path, text);
  assert.deepEqual(await reached(), ['04-count/start', 4]);
  await course.put(1);
  assert.deepEqual(await reached(), ['01-say-hello', 2]);

  await putStep(start, course);
  await recordPassed(await findStep('4', course), course);
  assert.equal(await reachedStep(course), '04-count');
  await rm(join(course.state, 'step'));
  assert.deepEqual(await reached(), ['04-count/start', 4], 'it is found by its files');
});

test('if no step has been put, the current step is the last one that passed its check', async (t) => {
  const course = await tinyCourse(t);
  await course.write(
    '.workshop/progress.json',
    JSON.stringify({ checked: ['02-know-names', '01-say-hello'] }),
  );
  await course.write('run.ts', '// half a thought\n');
  assert.equal((await currentStep(course)).number, 2);
});

test('a damaged progress file is renamed, and stderr says so', async (t) => {
  const course = await tinyCourse(t);
  const said = t.mock.method(console, 'error', () => {});
  for (const [index, text] of ['{"checked": [', '{"checked": 3}'].entries()) {
    await course.write('.workshop/progress.json', text);
    assert.deepEqual(await readProgress(course), { checked: [] });
    assert.match(
      String(said.mock.calls[index]!.arguments[0]),
      /is damaged: it was renamed to progress\.json\.damaged/,
    );
    assert.equal(await course.read('.workshop/progress.json.damaged'), text);
  }
});

test('without a step, the difference is to the next step; after it is typed, nothing is left', async (t) => {
  const course = await tinyCourse(t);
  await course.put(1);
  const left = await differenceBetween([], course);
  assert.equal(left.from, undefined);
  assert.equal(left.to.number, 2);
  assert.deepEqual(
    left.changes.map(({ path, added, removed }) => [path, added, removed]),
    [
      ['greeter/app.ts', 1, 1],
      ['greeter/names/known.ts', 1, 0],
      ['run.ts', 1, 1],
    ],
  );

  await course.write('run.ts', '// half a thought\n');
  assert.match((await differenceBetween([], course)).changes.at(-1)!.patch, /^-\/\/ half a thought$/m);
  for (const [path, text] of await course.step(2)) await course.write(path, text);
  assert.deepEqual((await differenceBetween([], course)).changes, []);
});

test('at the end of a chapter the difference says that the next step starts another one', async (t) => {
  const course = await tinyCourse(t);
  await course.put(3);
  const { to, startsChapter } = await differenceBetween([], course);
  assert.deepEqual([to.number, startsChapter], [4, true]);
});

test('two steps are compared with each other, one step with the working copy', async (t) => {
  const course = await tinyCourse(t);
  const [one, two, three] = await listSteps(course);
  const between = await differenceBetween([one!, two!], course);
  assert.deepEqual([between.from, between.to, between.startsChapter], [one, two, false]);
  assert.equal(between.changes.length, 3);
  const toThree = await differenceBetween([three!], course);
  assert.deepEqual([toThree.from, toThree.changes], [undefined, []]);
});

test('restoring work also restores the step that had been reached', async (t) => {
  const course = await tinyCourse(t);
  await course.put(1);
  await course.write('run.ts', '// mine\n');
  await course.put(3);
  await restoreWork(course);
  assert.equal((await currentStep(course)).number, 1);
});
