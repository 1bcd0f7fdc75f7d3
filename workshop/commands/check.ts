/** npm run check: whether the working copy does what a step teaches, and if not, what is missing. */
import { type CheckResult, runCheck } from '../check/check.ts';
import { reportJson, reportText } from '../check/report.ts';
import { interruption } from '../command-line/interruption.ts';
import { main, readCommandLine } from '../command-line/main.ts';
import { UsageError } from '../errors.ts';
import { useParts } from '../parts/use.ts';
import { readServices } from '../services/definition.ts';
import { projectFolder } from '../settings.ts';
import { watch } from '../watch.ts';
import { openCourse } from '../course/course.ts';
import { nextStep } from '../course/current.ts';
import { findStep, listSteps, type Step } from '../course/list.ts';
import { recordPassed } from '../course/progress.ts';

const help = `
npm run check [STEP]

Starts the services of the working copy on free ports, runs its run.ts, and looks at what comes of it: the answer, the
trace, the headers, the log lines. Says for each expectation of the step whether it is met; for the first that is not,
what came instead, why that is likely so, and which file to look at. What runs already is left alone.

  STEP      number or name; without, the one after the step that you put there last, or whose check passed since
  --watch   check again whenever a file is saved (npm run check -- --watch)
  --json    print one JSON object a check: step, passed, durationMs, expectations
  --help    this text
`;

const course = openCourse();

await main(async () => {
  const { positionals, values } = readCommandLine({
    help,
    options: { json: { type: 'boolean' }, watch: { type: 'boolean' } },
    positionals: true,
  });
  const [words, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`One step at a time, not also "${more.join(' ')}".`);
  const chosen = words === undefined ? undefined : await findStep(words, course);
  const check = async (signal: AbortSignal) =>
    (await checkAndShow(chosen ?? (await nextStep(course)), values.json ?? false, signal)).passed;

  if (!values.watch) return (await check(interruption.signal)) ? 0 : 1;
  await checkAtEachSave(check);
  return 0;
});

/** Checks the working copy, prints the result, and records a step that passed. */
async function checkAndShow(step: Step, json: boolean, signal: AbortSignal): Promise<CheckResult> {
  const since = performance.now();
  const result = await runCheck({ stepFolder: step.folder, folder: projectFolder, signal });
  if (json) console.log(reportJson(result, step.name, performance.now() - since));
  else {
    const next = (await listSteps(course)).find(({ number }) => number > step.number);
    const options = { ...step, next };
    const width = process.stdout.columns;
    console.log(reportText(result, width ? { ...options, width } : options));
  }

  if (result.passed) await recordPassed(step, course);
  return result;
}

/** Checks now and at each save until interrupted. A save during a check ends that check: it looks at old code. */
async function checkAtEachSave(check: (signal: AbortSignal) => Promise<boolean>): Promise<void> {
  const services = await readServices(projectFolder);
  const paths = [`${projectFolder}/run.ts`, ...services.map(({ folder }) => folder)];
  let saved = new AbortController(); // ends the check that runs
  const parts = await useParts(services, { signal: interruption.signal }); // once for all checks, which find them running
  const watcher = watch(paths, () => saved.abort());
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
}

async function checkUnlessSaved(check: (signal: AbortSignal) => Promise<boolean>, signal: AbortSignal) {
  try {
    await check(signal);
    process.stderr.write('\nWaiting for the next save. Ctrl-C ends.\n\n');
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
