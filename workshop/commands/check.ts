/** npm run check: checks whether the working copy does what a step teaches, and says what is missing. */
import { boardReporter } from '../board/membership.ts';
import type { CheckResult } from '../check/check.ts';
import { checkWorkingCopy, passedBefore } from '../check/check-working-copy.ts';
import { reportJson, reportText } from '../check/report.ts';
import { paint } from '../command-line/color.ts';
import { aborted, interruption } from '../command-line/interruption.ts';
import { main, readCommandLine } from '../command-line/main.ts';
import { openProgress } from '../command-line/progress.ts';
import { openCourse } from '../course/course.ts';
import { nextStep } from '../course/current.ts';
import { findStep, listSteps, type Step } from '../course/list.ts';
import { watchCourse } from '../course/watch-course.ts';
import { useParts } from '../parts/use.ts';
import { readServices } from '../services/definition.ts';
import { projectFolder } from '../settings.ts';

const help = `
npm run check [STEP]

Starts the services of the working copy on free ports, runs its run.ts, and examines the response, the trace, the
headers, and the log lines. Shows which expectations of the step are met; for the first one that isn't, what was found
instead, the likely cause, and which file to open. Processes that are already running are not affected.

  STEP      number or name. The default is the next step: the one after the last step that you put into the working copy
            or that passed its check. If you put only the start of a step there, the default is that step. Without STEP,
            the earlier steps of the chapter that passed are checked again, in the same run
  --watch   check again whenever you save a file (npm run check -- --watch)
  --json    print one JSON object per check: step, passed, inconclusive, regression, durationMs, expectations, editedFiles
  --help    this text

Exits with 0 if the step passes, 1 if it doesn't, and 3 if this machine was too busy to tell.
`;

const INCONCLUSIVE = 3;

const course = openCourse();
const reportToBoard = boardReporter(course, (problem) => console.error(paint('dim', problem)));

await main(async () => {
  const { positionals, values } = readCommandLine({
    help,
    options: { json: { type: 'boolean' }, watch: { type: 'boolean' } },
    positionals: 1,
  });
  const [words] = positionals;
  const chosen = words === undefined ? undefined : await findStep(words, course);
  const check = async (signal: AbortSignal) => {
    const step = chosen ?? (await nextStep(course));
    return checkAndShow(step, chosen ? [] : await passedBefore(step, course), values.json ?? false, signal);
  };

  if (values.watch) return checkAtEachSave(check);
  const { passed, inconclusive } = await check(interruption.signal);
  return inconclusive ? INCONCLUSIVE : passed ? 0 : 1;
});

/** Checks the working copy, and prints the result. */
async function checkAndShow(
  step: Step,
  earlier: Step[],
  json: boolean,
  signal: AbortSignal,
): Promise<CheckResult> {
  const since = performance.now();
  const progress = openProgress();
  progress.show(`Checking step ${step.number}`);
  const result = await checkWorkingCopy(step, course, { earlier, signal }).finally(progress.end);
  const options = {
    name: result.step,
    regression: result.regression,
    editedFiles: result.editedFiles,
    stillPassing: result.passed ? earlier.map(({ name }) => name) : [],
    next: (await listSteps(course)).find(({ number }) => number > step.number),
    ...(process.stdout.columns && { width: process.stdout.columns }),
  };
  if (json) console.log(reportJson(result, options, performance.now() - since));
  else console.log(reportText(result, options));
  reportToBoard(result);
  return result;
}

/** Checks now and after each save until interrupted. A save during a check cancels that check, which looks at old code. */
async function checkAtEachSave(check: (signal: AbortSignal) => Promise<unknown>): Promise<number> {
  let saved = new AbortController(); // ends the running check
  const services = await readServices(projectFolder);
  const parts = await useParts(services, { signal: interruption.signal }); // once, so that each check finds them running
  const watcher = await watchCourse(course, { onSave: () => saved.abort() });
  interruption.signal.addEventListener('abort', () => saved.abort());

  try {
    while (!interruption.signal.aborted) {
      saved = new AbortController();
      await checkUnlessSaved(check, saved.signal);
      await aborted(saved.signal);
    }
  } finally {
    await watcher.close();
    await parts.stop();
  }
  return 0;
}

async function checkUnlessSaved(check: (signal: AbortSignal) => Promise<unknown>, signal: AbortSignal) {
  try {
    await check(signal);
    process.stderr.write('\nWaiting for the next save. Press Ctrl-C to quit.\n\n');
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
