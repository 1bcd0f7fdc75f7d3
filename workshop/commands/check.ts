/** npm run check: checks whether the working copy does what a step teaches, and says what is missing. */
import { type CheckResult, runCheck } from '../check/check.ts';
import { reportJson, reportText } from '../check/report.ts';
import { aborted, interruption } from '../command-line/interruption.ts';
import { main, readCommandLine } from '../command-line/main.ts';
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

Starts the services of the working copy on free ports, runs its run.ts, and examines the response, the trace, the
headers, and the log lines. Shows which expectations of the step are met; for the first one that isn't, what was found
instead, the likely cause, and which file to open. Processes that are already running are not affected.

  STEP      number or name; the default is the step after the one that you put there last or that passed its check
  --watch   check again whenever a file is saved (npm run check -- --watch)
  --json    print one JSON object per check: step, passed, durationMs, expectations
  --help    this text
`;

const course = openCourse();

await main(async () => {
  const { positionals, values } = readCommandLine({
    help,
    options: { json: { type: 'boolean' }, watch: { type: 'boolean' } },
    positionals: 1,
  });
  const [words] = positionals;
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

/** Checks now and after each save until interrupted. A save aborts a running check, which examines old code. */
async function checkAtEachSave(check: (signal: AbortSignal) => Promise<boolean>): Promise<void> {
  const services = await readServices(projectFolder);
  const paths = [`${projectFolder}/run.ts`, ...services.map(({ folder }) => folder)];
  let saved = new AbortController(); // aborts the running check
  const parts = await useParts(services, { signal: interruption.signal }); // once for all checks
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
    process.stderr.write('\nWaiting for the next save. Press Ctrl-C to quit.\n\n');
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
