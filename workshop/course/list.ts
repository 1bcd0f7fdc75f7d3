import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UsageError, UserError } from '../errors.ts';
import { openCourse } from './course.ts';

/** A step of the workshop, which is a folder steps/NN-name. */
export interface Step {
  number: number;
  /** The folder's name: 03-propagate-from-the-caller. */
  name: string;
  folder: string;
  /** The heading of its README, without the number. */
  title: string;
  /** The first sentence of its README. */
  goal: string;
}

/**
 * Lists all steps in order. There is at least one.
 * @throws UserError if there are no steps
 */
export async function listSteps({ root } = openCourse()): Promise<Step[]> {
  const parent = join(root, 'steps');
  const entries = await readdir(parent).catch(() => []);
  const names = entries.filter((name) => /^\d\d-/.test(name)).toSorted();
  if (names.length === 0)
    throw new UserError('There are no steps in steps/: `git checkout HEAD -- steps` restores them.');
  return Promise.all(names.map((name) => readStep(name, join(parent, name))));
}

/**
 * Finds a step by its number (`3` or `03`) or its name. `16/start` is what step 16 begins with, if the step has a folder
 * `start` because it doesn't begin with the code of the step before.
 * @throws UsageError with a list of the steps, if there is no such step
 */
export async function findStep(words: string, course = openCourse()): Promise<Step> {
  const steps = await listSteps(course);
  const [, numberOrName = words, begins] = /^(.*)\/(start)$/.exec(words) ?? [];
  const step = steps.find(
    ({ number, name }) =>
      name === numberOrName || (/^\d+$/.test(numberOrName) && number === Number(numberOrName)),
  );
  const folder = step && (begins ? startOf(step) : step.folder);
  if (folder) return { ...step, folder };
  const names = steps.map(({ name }) => name).join(', ');
  throw new UsageError(`There is no step "${words}". Use the number or the name of one of these: ${names}.`);
}

/** The folder with the code that a step begins with; undefined for a step that begins with the code of the step before. */
export function startOf({ folder }: Step): string | undefined {
  const start = join(folder, 'start');
  return existsSync(start) ? start : undefined;
}

/** Whether a step, as `findStep` finds it, is only what a step begins with. */
export function isStart({ name, folder }: Step): boolean {
  return basename(folder) !== name;
}

/** The words by which `findStep` finds a step: 16-promise-and-measure or 16-promise-and-measure/start. */
export function wordsOf(step: Step): string {
  return isStart(step) ? `${step.name}/start` : step.name;
}

async function readStep(name: string, folder: string): Promise<Step> {
  const file = join(folder, 'README.md');
  const readme = existsSync(file) ? await readFile(file, 'utf8') : '';
  const [heading = '', paragraph = ''] = readme.split(/\n{2,}/);
  const title = /^# (?:\d+\. )?(.+)$/.exec(heading)?.[1] ?? name;
  const goal = /^.*?[.!?](?=\s|$)/.exec(paragraph.replaceAll('\n', ' '))?.[0] ?? paragraph;
  return { number: Number(name.slice(0, 2)), name, folder, title, goal: goal.replaceAll(/[*`]/g, '') };
}
