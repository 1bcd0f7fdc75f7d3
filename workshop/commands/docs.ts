/** npm run docs: regenerates the code, output, and pictures in the Markdown files. */
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { interruption } from '../command-line/interruption.ts';
import { main, readCommandLine } from '../command-line/main.ts';
import type { Step } from '../course/list.ts';
import { brokenLinks } from '../../tools/docs/links.ts';
import { projectPaths, readProjectFile } from '../../tools/project-files.ts';
import { renewAll } from '../../tools/docs/renew-all.ts';
import { UsageError } from '../errors.ts';
import { useParts } from '../parts/use.ts';
import { readServices } from '../services/definition.ts';
import { projectFolder } from '../settings.ts';
import { picturePaths, renewPictures } from '../../tools/pictures/trace-pictures.ts';
import { firstRunPath, firstRunPicture } from '../../tools/pictures/first-run.ts';
import { renewRecording } from '../../tools/slides/record.ts';
import { schedules } from '../../tools/slides/model.ts';
import { recordedSteps, recordingFile } from '../../tools/traces/recordings.ts';

const help = `
npm run docs [-- WORDS] [-- --check]

Regenerates the code and the output in the Markdown files, and reports broken links. WORDS select the files whose path
contains all of them. Differences in values that vary from run to run (ids, times, durations, bars, ports) are ignored.

  --check   change nothing; exit code 1 if a file is out of date
  --help    this text

The commands in a document are run in a copy of the project on free ports. Each step is run only once: a check uses that
run, and so does npx tsx run.ts if only the output from the response on is shown (below a line "…").

  \`\`\`console              Runs each line that begins with "$ " and shows its output below it.
  $ npm run step 2         A line "…" stands for any number of lines that are not shown.
  …                        A command can use an id from the output of an earlier command.
  \`\`\`
  \`\`\`console stays        The command keeps running. The lines below it are those that it must print, in any order.
  <!-- diff 02 03 -->      The difference between two steps; <!-- diff 02 03 run.ts --> in one file. A second path names
  <!-- end -->             the file of the later step if it is a different one. If the copy contains the first of the two
                           steps, the change is applied to it.
  <!-- file 02 run.ts -->  A file of a step, which is applied in the same way.
  <!-- code PATH -->       A file of the project.
  <!-- steps -->           The table of steps.
  <!-- cost -->            The cost of tracing, from bench/results/overhead.json.
  <!-- indicators -->      The cost of the indicators, from bench/results/indicators.json.
  <!-- scale -->           What a span costs in each part of the chain in docs/scale.md, from bench/results/scale.json.
  <!-- trace 05 -->        The trace of a call to a step's services. If the name of a span follows, another trace
                           that the call causes: the one whose root has this name.
  <!-- schedule ninety --> The parts of the talk with their times, from the notes. The schedules are
                           ${Object.keys(schedules).join(', ')}.

The traces in slides/traces, which the slides show, are recorded in the same way. The pictures docs/trace-light.png and
docs/trace-dark.png show one of these traces, and need Chromium. docs/first-run.svg shows the run in the main README.
`;

await main(async () => {
  const { values, positionals } = readCommandLine({
    help,
    options: { check: { type: 'boolean' } },
    positionals: Infinity,
  });
  const check = values.check ?? false;
  const isChosen = (path: string) => positionals.every((word) => path.includes(word));
  const paths = await projectPaths();
  const documents = paths.filter((path) => path.endsWith('.md') && isChosen(path)).toSorted();
  const recordings = (await recordedSteps())
    .map((step) => ({ step, path: `slides/traces/${basename(recordingFile(step))}` }))
    .filter(({ path }) => isChosen(path));
  const pictures = picturePaths.filter(isChosen);
  const firstRun = isChosen(firstRunPath);
  if (documents.length + recordings.length + pictures.length === 0 && !firstRun) {
    throw new UsageError(`No generated file has "${positionals.join('" and "')}" in its path.`);
  }

  const folders = new Set([
    ...documents.map((path) => join(projectFolder, dirname(path))),
    ...recordings.map(({ step }) => step.folder),
  ]);
  const services = await Promise.all([...folders].map(readServices));
  const parts = await useParts(services.flat(), { signal: interruption.signal });
  Object.assign(process.env, parts.env); // the commands in the documents inherit it
  try {
    const problems = [
      ...(await renewDocuments(documents, check)),
      ...(await renewRecordings(recordings, check)),
      ...(firstRun ? await renewFirstRun(check) : []),
    ];
    if (pictures.length > 0 && !check) {
      for (const path of await renewPictures()) console.log(`${path} was updated.`);
    }
    const files = { paths: new Set(paths), read: readProjectFile };
    for (const document of documents) problems.push(...(await brokenLinks(document, files)));

    for (const problem of problems) console.error(problem);
    return problems.length === 0 ? 0 : 1;
  } finally {
    await parts.stop();
  }
});

/** Updates documents or, with `check`, returns a sentence for each that is out of date. */
async function renewDocuments(documents: string[], check: boolean): Promise<string[]> {
  const problems: string[] = [];
  for (const [path, renewal] of renewAll(documents)) {
    const { before, after } = await renewal;
    if (before === after) continue;
    if (!check) await writeFile(join(projectFolder, path), after);
    problems.push(...reported(path, check));
  }
  return problems;
}

/** Does the same for the moving picture, which shows the run in the main README. */
async function renewFirstRun(check: boolean): Promise<string[]> {
  const picture = firstRunPicture(await readProjectFile('README.md'));
  if (picture === (await readProjectFile(firstRunPath).catch(() => ''))) return [];
  if (!check) await writeFile(join(projectFolder, firstRunPath), picture);
  return reported(firstRunPath, check);
}

/** Does the same for the recordings of steps. */
async function renewRecordings(recordings: { step: Step; path: string }[], check: boolean) {
  const problems: string[] = [];
  for (const { step, path } of recordings) {
    const state = await renewRecording(step, !check);
    if (state !== 'as it was') problems.push(...reported(path, check));
  }
  return problems;
}

/** Says that a file was updated or, with `check`, returns a sentence about it. */
function reported(path: string, check: boolean): string[] {
  if (check) return [`${path} is out of date. To update it, run npm run docs.`];
  console.log(`${path} was updated.`);
  return [];
}
