/** npm run step: lists the steps, and puts one into the working copy. */
import { relative } from 'node:path';
import { paint } from '../command-line/color.ts';
import { main, readCommandLine } from '../command-line/main.ts';
import { openCourse } from '../course/course.ts';
import { currentStep, positionOf } from '../course/current.ts';
import { findStep, isStart, listSteps, type Step } from '../course/list.ts';
import { readProgress } from '../course/progress.ts';
import { putStep, restoreWork } from '../course/put.ts';
import { readWorkingCopy, saveWorkingCopy } from '../course/working-copy.ts';
import { UsageError } from '../errors.ts';

const help = `
npm run step                     lists the steps: ▸ is in the working copy, ✓ has passed its check
npm run step 3                   puts step 3 into the working copy: run.ts and the folders of the services
npm run step 16/start            puts the start of step 16, which begins a chapter, into the working copy
npm run step -- --reset          puts back the current step: the last one that you put there or that passed its check
npm run step -- --save           saves your work
npm run step -- --restore        puts back the work that was saved last, and returns to its step

Your work is never lost: if the working copy differs from every step, it is first saved in a new folder in
.workshop/saved.
`;

const course = openCourse();

await main(async () => {
  const { values, positionals } = readCommandLine({
    help,
    options: { reset: { type: 'boolean' }, save: { type: 'boolean' }, restore: { type: 'boolean' } },
    positionals: 1,
  });
  const [words] = positionals;
  const given = [values.reset, values.save, values.restore, words].filter(Boolean).length;
  if (given > 1)
    throw new UsageError('Use one of these: a step, --reset, --save, or --restore; --help explains them.');

  if (values.save) return save();
  if (values.restore) return restore();
  if (values.reset) return put(await currentStep(course));
  if (words) return put(await findStep(words, course));
  return list();
});

async function list() {
  const [steps, { checked }, position] = await Promise.all([
    listSteps(course),
    readProgress(course),
    readWorkingCopy(course).then((files) => positionOf(files, course)),
  ]);
  for (const { number, name, title } of steps) {
    const here = number === position.step.number ? '▸' : ' ';
    const passed = checked.includes(name) ? '✓' : ' ';
    const line = `${here} ${passed} ${String(number).padStart(2)}  ${title}`;
    console.log(here === '▸' ? paint('bold', line, process.stdout) : line);
  }
  if (!position.exact)
    console.log(`\nThe working copy is closest to step ${position.step.number}, with your own changes.`);
  console.log(
    '\nTo undo a change, run npm run step -- --reset. git checkout brings back the files of a fresh clone instead.',
  );
}

async function put(step: Step) {
  printSaved(await putStep(step, course));
  const state = isStart(step) ? 'start of' : 'finished';
  console.log(`The ${state} step ${step.number} is now in the working copy.`);
  console.log(`This step: steps/${step.name}/README.md`);
  const next = (await listSteps(course)).find(({ number }) => number > step.number);
  if (next && !isStart(step)) console.log(`Next step: steps/${next.name}/README.md`);
}

async function save() {
  const saved = await saveWorkingCopy(course);
  if (saved) printSaved(saved);
  else console.log('There is nothing to save: the working copy is the same as a step.');
}

async function restore() {
  const { restored, saved } = await restoreWork(course);
  printSaved(saved);
  console.log(`Your work from ${shown(restored.folder)} is back in the working copy.`);
}

function printSaved(folder: string | undefined): void {
  if (folder)
    console.log(`Your work was saved in ${shown(folder)}. To put it back, run npm run step -- --restore.`);
}

/** A path relative to the project. */
function shown(folder: string): string {
  return relative(course.root, folder);
}
