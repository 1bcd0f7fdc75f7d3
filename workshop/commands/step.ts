/** npm run step: lists the steps, and puts one into the working copy. */
import { paint } from '../command-line/colour.ts';
import { main, readCommandLine } from '../command-line/main.ts';
import { UsageError, UserError } from '../errors.ts';
import { currentStep } from '../course/current.ts';
import { readLessonFiles, sameFiles } from '../course/files.ts';
import { findStep, listSteps, type Step } from '../course/list.ts';
import { readProgress } from '../course/progress.ts';
import { rememberStep } from '../course/remembered.ts';
import { positionOf, putIntoWorkingCopy, readWorkingCopy, savedWork, shown } from '../course/working-copy.ts';

const help = `
npm run step                     lists the steps: ▸ is in the working copy, ✓ has passed its check
npm run step 3                   puts step 3 into the working copy: run.ts and the services beside it
npm run step -- --reset          puts the step back that you reached last: the one you put, or whose check passed
npm run step -- --restore        puts back the work that was saved last, on its way to the same next step

Work of yours is never lost: what differs from every step is saved under .workshop/saved first, a folder for each time.
`;

await main(async () => {
  const { values, positionals } = readCommandLine({
    help,
    options: { reset: { type: 'boolean' }, restore: { type: 'boolean' } },
    positionals: true,
  });
  const [words, ...more] = positionals;
  const wishes = [values.reset, values.restore, words].filter(Boolean).length;
  if (more.length > 0 || wishes > 1)
    throw new UsageError('Say one step, or --reset, or --restore; --help explains them.');

  if (values.restore) return restore();
  if (values.reset) return put(await currentStep());
  if (words) return put(await findStep(words));
  return list();
});

async function list() {
  const [steps, { checked }, position] = await Promise.all([
    listSteps(),
    readProgress(),
    readWorkingCopy().then(positionOf),
  ]);
  for (const { number, name, title } of steps) {
    const here = number === position.step.number ? '▸' : ' ';
    const passed = checked.includes(name) ? '✓' : ' ';
    const line = `${here} ${passed} ${String(number).padStart(2)}  ${title}`;
    console.log(here === '▸' ? paint('bold', line, process.stdout) : line);
  }
  if (!position.exact)
    console.log(`\nThe working copy is nearest to step ${position.step.number}, with changes of yours.`);
}

async function put(step: Step) {
  tellSaved(await putIntoWorkingCopy(step.folder, await readLessonFiles(step.folder)));
  await rememberStep(step.name);
  console.log(`Step ${step.number} is in the working copy. Read steps/${step.name}/README.md.`);
}

async function restore() {
  const present = await readWorkingCopy();
  const saved = await savedWork();
  const newest = saved.findLast(({ files }) => !sameFiles(files, present));
  if (!newest) {
    throw new UserError(
      saved.length > 0
        ? 'The work that was saved is in the working copy already.'
        : 'No work was saved yet: npm run step saves it before it puts a step in its place.',
    );
  }
  tellSaved(await putIntoWorkingCopy(newest.folder, newest.files));
  await rememberStep(newest.step);
  console.log(`The work in ${shown(newest.folder)} is in the working copy again.`);
}

function tellSaved(folder: string | undefined): void {
  if (folder) console.log(`Your work was saved in ${shown(folder)}; npm run step -- --restore puts it back.`);
}
