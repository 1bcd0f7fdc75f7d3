import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { changesBetween } from '../../workshop/course/changes.ts';
import { UserError } from '../../workshop/errors.ts';
import { readDeck } from '../slides/read.ts';
import { readOverhead } from '../slides/includes.ts';
import { scheduleNamed, scheduleTable } from '../slides/schedule.ts';
import { isSameSystem, type LessonFiles, plain, readLessonFiles } from '../../workshop/course/files.ts';
import { findStep, listSteps, startOf, type Step } from '../../workshop/course/list.ts';
import { listChapters } from '../../workshop/course/chapters.ts';
import type { IndicatorsResult, Rate } from '../../bench/indicators/result.ts';
import { waterfallText } from '../../workshop/trace/text.ts';
import { readProjectFile } from '../project-files.ts';
import type { Figures } from '../sizing/size.ts';
import { hunksOf } from './hunks.ts';
import { traceOfStep } from '../traces/record-trace.ts';
import { renewOutput } from './shown.ts';
import { asTyped } from './typed.ts';

/** A generated part of a document: `<!-- name words -->`, with the text that it has now. */
export interface Part {
  name: string;
  words: string[];
  body: string;
}

/** What a part shows of one file. A text is undefined if there is no such file. */
export interface Change {
  path: string;
  before: string | undefined;
  after: string | undefined;
}

/** The parts that show code, which a reader types: name and words to changes. */
const changes: Record<string, (words: string[]) => Promise<Change[]>> = {
  /** diff FROM TO, diff FROM TO PATH, diff FROM TO PATH OTHER: how PATH of one step becomes OTHER in the next. */
  async diff([from = '', to = '', path, other = path]) {
    const [before, after] = [await filesOf(from), await filesOf(to)];
    if (path && other) {
      // A file that the next step removes has no text there; a misspelled path has none in either step.
      const goes = path === other && !after.has(path);
      return [{ path: other, before: textOf(before, path), after: goes ? undefined : textOf(after, other) }];
    }
    return changesBetween(before, after).map((change) => ({
      path: change.path,
      before: before.get(change.path),
      after: after.get(change.path),
    }));
  },

  /** file STEP PATH: a file that is new in a step. */
  async file([step = '', path = '']) {
    return [{ path, before: undefined, after: textOf(await filesOf(step), path) }];
  },
};

const generators: Record<string, (words: string[], body: string) => Promise<string>> = {
  async diff(words) {
    const files = await changes.diff!(words);
    // The text above the part names a single file, so a heading would only repeat it.
    const heading = (path: string) => (words.length > 2 ? [] : [`--- a/${path}`, `+++ b/${path}`]);
    const given = await filesGiven(words[1]!);
    const lines = files.flatMap(({ path, before, after }) => {
      const typed = (text?: string) => text && asTyped(text, given.get(path) ?? text);
      return [...heading(path), ...hunksOf(typed(before), typed(after))];
    });
    return fenced('diff', lines.map((line) => line.trimEnd()).join('\n'));
  },

  async file(words) {
    const [change] = await changes.file!(words);
    return fenced(extname(change!.path).slice(1), change!.after!);
  },

  /** code PATH: a file of the project. */
  async code([path = '']) {
    return fenced(extname(path).slice(1), await readProjectFile(path));
  },

  async steps() {
    const steps = await listSteps();
    const files = await Promise.all(steps.map(({ folder }) => readLessonFiles(folder)));
    const starts = await Promise.all(steps.map(startOf).map((start) => start && readLessonFiles(start)));
    const minutes = await Promise.all(steps.map(minutesOf));
    const rows = steps.map(
      ({ number, name, title, goal }, index) =>
        `| ${number} | [${title}](steps/${name}/README.md) | ${goal} | ${minutes[index]} | ${sizeOf(starts[index] || files[index - 1], files[index]!)} |`,
    );
    return ['| | step | what you do | minutes | code |', '|---|---|---|---|---|', ...rows].join('\n');
  },

  async cost() {
    const { node, cores, cpu, variants } = await readOverhead();
    const untraced = variants.find(({ name }) => name === 'untraced')!.perSecond;
    const rows = variants.map(({ name, perSecond }) => {
      const micros = Math.round(1e6 / perSecond);
      return `| ${name} | ${Math.round(perSecond)} | ${(perSecond / untraced).toFixed(2)} | ${micros} |`;
    });
    const head = ['| bands-api | requests/s | ratio | µs per request |', '|---|---|---|---|'];
    return `${[...head, ...rows].join('\n')}\n\nNode.js ${node}, ${cores} processors (${cpu}), all processes on one machine.`;
  },

  async indicators() {
    const { node, cores, cpu, load, variants } = JSON.parse(
      await readProjectFile('bench/results/indicators.json'),
    ) as IndicatorsResult;
    const cells = ({ perSecond, ratio }: Rate) => `${perSecond} | ${ratio.toFixed(2)}`;
    const rows = variants.map(
      ({ name, list, invalid }) => `| ${name} | ${cells(list)} | ${cells(invalid)} |`,
    );
    const head = [
      '| followers-api | lists per second | ratio | invalid names per second | ratio |',
      '|---|---|---|---|---|',
    ];
    const machine = `Node.js ${node}, ${cores} processors (${cpu}), all processes on one machine, with a load of ${load.toFixed(1)} before.`;
    return `${[...head, ...rows].join('\n')}\n\n${machine}`;
  },

  /** scale: what a span costs in each part of the chain of docs/scale.md. */
  async scale() {
    const { cores, cpu, node, ...figures } = JSON.parse(
      await readProjectFile('bench/results/scale.json'),
    ) as Figures & Record<'cores' | 'cpu' | 'node', string>;
    const count = (number: number) => number.toLocaleString('en-US');
    const rows = [
      ...Object.entries(figures.spansPerCpuSecond).map(
        ([part, spans]) => `| ${part} | ${count(spans)} spans per second per core |`,
      ),
      ...Object.entries(figures.bytesPerSpan).map(
        ([form, bytes]) => `| ${form} | ${count(bytes)} bytes per span |`,
      ),
    ];
    const machine = `Node.js ${node}, ${cores} processors (${cpu}), all processes on one machine.`;
    return `${['| where | cost |', '|---|---|', ...rows].join('\n')}\n\n${machine} Kafka and Cassandra: for each copy.`;
  },

  async schedule([name = '']) {
    const schedule = scheduleNamed(name);
    if (!schedule) throw new UserError(`There is no schedule "${name}" in tools/slides/model.ts.`);
    return scheduleTable(await readDeck(), schedule);
  },

  /** trace STEP: the trace of a call; trace STEP NAME: another trace that it led to, whose root has this name. */
  async trace([step = '', ...name], body) {
    const trace = await traceOfStep(await findStep(step), name.join(' '));
    const shown = body.split('\n').slice(1, -1).join('\n');
    return fenced('text', renewOutput(shown, waterfallText(trace)));
  },
};

/**
 * Returns the text of a generated part, as Markdown. A recorded text stays as it is if only ids, times, and the like differ.
 * @throws UserError for an unknown name, UsageError for a step that doesn't exist
 */
export async function generatePart({ name, words, body }: Part): Promise<string> {
  const generate = generators[name];
  if (!generate) throw new UserError(`<!-- ${name} --> is not a part that can be generated.`);
  return generate(words, body);
}

/** The code changes that a part shows. */
export async function changesShownBy({ name, words }: Pick<Part, 'name' | 'words'>): Promise<Change[]> {
  return (await changes[name]?.(words)) ?? [];
}

/** Applies what a part shows to a working copy, except for files that aren't as they were before the change. */
export async function typePart(part: Part, workingCopy: string): Promise<void> {
  for (const { path, before, after } of await changesShownBy(part)) {
    const file = join(workingCopy, path);
    const now = await readFile(file, 'utf8').catch(() => undefined);
    if (now !== undefined && plain(now) !== plain(before)) continue;
    await mkdir(dirname(file), { recursive: true });
    if (after === undefined) await rm(file, { force: true });
    else await writeFile(file, after);
  }
}

/** Each file of a step as the reader first got it: from the first step of the chapter, or from the step that adds it. */
async function filesGiven(words: string): Promise<LessonFiles> {
  const { number } = await findStep(words);
  const chapter = (await listChapters()).find((steps) => steps.some((step) => step.number === number))!;
  const upToStep = chapter.filter((step) => step.number <= number);
  const folders = upToStep.flatMap((step) => [startOf(step), step.folder]);
  const existing = folders.filter((folder) => folder !== undefined);
  const files = await Promise.all(existing.map((folder) => readLessonFiles(folder)));
  return new Map(files.toReversed().flatMap((texts) => [...texts]));
}

async function filesOf(step: string): Promise<LessonFiles> {
  return readLessonFiles((await findStep(step)).folder);
}

function textOf(files: LessonFiles, path: string): string {
  const text = files.get(path);
  if (text === undefined)
    throw new UserError(`There is no ${path} in that step: it has ${[...files.keys()].join(', ')}.`);
  return text;
}

/** How long a step takes, from its README. */
async function minutesOf({ name }: Step): Promise<string> {
  const readme = await readProjectFile(`steps/${name}/README.md`);
  return /^\*\*About (\d+) minutes\*\*$/m.exec(readme)?.[1] ?? '';
}

/** How many lines of code a step changes, without comments; empty for a step that starts a different system. */
function sizeOf(before: LessonFiles | undefined, after: LessonFiles): string {
  if (!before || !isSameSystem(before, after)) return '';
  const code = (files: LessonFiles) => new Map([...files].map(([path, text]) => [path, asTyped(text, '')]));
  const files = changesBetween(code(before), code(after));
  const sum = (count: 'added' | 'removed') => files.reduce((total, file) => total + file[count], 0);
  return `+${sum('added')} −${sum('removed')}`;
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}
