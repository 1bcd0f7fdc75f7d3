/** npm run docs: makes every Markdown file show what runs. */
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
import { renewRecording } from '../../tools/slides/record.ts';
import { schedules } from '../../tools/slides/model.ts';
import { recordedSteps, recordingFile } from '../../tools/traces/recordings.ts';

const help = `
npm run docs [-- WORDS] [-- --check]

Renews what the Markdown files show, and tells of links that lead nowhere. WORDS choose the files with all of them
in their path. What is only different by chance (ids, times, durations, bars, ports) stays as it is.

  --check   change nothing; exit code 1 if something is out of date
  --help    this text

A document is read as a person would do it, in a copy of the project with ports of its own. Each step is run once: a
check, and an npx tsx run.ts whose output is shown from the response on (below a line "…"), look at that run.

  \`\`\`console              Runs each line that begins with "$ " and shows below it what it printed.
  $ npm run step 2         A line "…" stands for any number of lines that are not shown.
  …                        An id that an earlier command printed can be used in a later one.
  \`\`\`
  \`\`\`console stays        Its command keeps running; the lines below are waited for, in any order.
  <!-- diff 02 03 -->      The difference between two steps, and <!-- diff 02 03 run.ts --> that of one file. If
  <!-- end -->             the copy is at the first of the two, the change is typed into it.
  <!-- file 02 run.ts -->  A file of a step; typed in the same way.
  <!-- steps -->           The table of steps.
  <!-- trace 05 -->        The trace of a call to a step's services; with the name of a span behind it, the trace
                           that the call led to and that has this root.
  <!-- schedule ninety --> The talk's parts with their times, as its notes say; there are
                           ${Object.keys(schedules).join(', ')}.

The traces that the slides show, in slides/traces, are recorded in the same way. Of one of them are the pictures
docs/trace-light.png and docs/trace-dark.png, which take a Chromium.
`;

await main(async () => {
  const { values, positionals } = readCommandLine({
    help,
    options: { check: { type: 'boolean' } },
    positionals: true,
  });
  const paths = await projectPaths();
  const documents = paths
    .filter((path) => path.endsWith('.md') && positionals.every((word) => path.includes(word)))
    .toSorted();
  const recordings = (await recordedSteps())
    .map((step) => ({ step, path: `slides/traces/${basename(recordingFile(step))}` }))
    .filter(({ path }) => positionals.every((word) => path.includes(word)));
  const pictures = picturePaths.filter((path) => positionals.every((word) => path.includes(word)));
  if (documents.length + recordings.length + pictures.length === 0) {
    throw new UsageError(`Nothing that could be renewed has "${positionals.join('" and "')}" in its path.`);
  }

  const services = await Promise.all(
    [
      ...new Set([
        ...documents.map((path) => join(projectFolder, dirname(path))),
        ...recordings.map(({ step }) => step.folder),
      ]),
    ].map(readServices),
  );
  const parts = await useParts(services.flat(), { signal: interruption.signal });
  Object.assign(process.env, parts.env); // the commands in the documents inherit it
  try {
    const problems = [
      ...(await renewDocuments(documents, values.check ?? false)),
      ...(await renewRecordings(recordings, values.check ?? false)),
    ];
    if (pictures.length > 0 && !values.check) {
      for (const path of await renewPictures()) console.log(`${path} was renewed.`);
    }
    const files = { paths: new Set(paths), read: readProjectFile };
    for (const document of documents) problems.push(...(await brokenLinks(document, files)));

    for (const problem of problems) console.error(problem);
    return problems.length === 0 ? 0 : 1;
  } finally {
    await parts.stop();
  }
});

/** Renews documents, or with `check` only looks at them. Gives a sentence for each that is out of date. */
async function renewDocuments(documents: string[], check: boolean): Promise<string[]> {
  const outdated: string[] = [];
  for (const [path, renewal] of renewAll(documents)) {
    const { before, after } = await renewal;
    if (before === after) continue;
    if (check) outdated.push(`${path} is out of date: npm run docs renews it.`);
    else {
      await writeFile(join(projectFolder, path), after);
      console.log(`${path} was renewed.`);
    }
  }
  return outdated;
}

/** Does the same for the recordings of steps. */
async function renewRecordings(
  recordings: { step: Step; path: string }[],
  check: boolean,
): Promise<string[]> {
  const outdated: string[] = [];
  for (const { step, path } of recordings) {
    const state = await renewRecording(step, !check);
    if (state === 'renewed') console.log(`${path} was renewed.`);
    if (state === 'out of date') outdated.push(`${path} is out of date: npm run docs renews it.`);
  }
  return outdated;
}
