import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Course } from './course.ts';
import type { Step } from './list.ts';
import { readState, replaceText, type StateFile, writeState } from './state-file.ts';

/** What the attendee has done so far. */
export interface Progress {
  /** The names of the steps whose check passed. */
  checked: string[];
}

const progressFile: StateFile<Progress> = {
  name: 'progress.json',
  isContent(value): value is Progress {
    const { checked } = (value ?? {}) as Partial<Progress>;
    return Array.isArray(checked) && checked.every((name) => typeof name === 'string');
  },
  withoutIt: 'progress starts from zero',
};

/** Reads the progress. A damaged file is renamed, and stderr says so. */
export async function readProgress(course: Course): Promise<Progress> {
  return (await readState(progressFile, course)) ?? { checked: [] };
}

/** Records that the check of a step passed. Checking an earlier step again doesn't change the step reached. */
export async function recordPassed({ name }: Step, course: Course): Promise<void> {
  const [reached = ''] = (await reachedStep(course)).split('/');
  if (name >= reached) await recordReached(name, course);
  const { checked } = await readProgress(course);
  if (checked.includes(name)) return;
  await writeState(progressFile, { checked: [...checked, name] }, course);
}

/** The words for the last step that was put into the working copy or that passed its check; empty if none is recorded. */
export async function reachedStep({ state }: Course): Promise<string> {
  return (await readFile(join(state, 'step'), 'utf8').catch(() => '')).trim();
}

/** Records the words for that step, as in `wordsOf`; an empty text removes the record. */
export async function recordReached(words: string, course: Course): Promise<void> {
  await replaceText('step', `${words}\n`, course);
}
