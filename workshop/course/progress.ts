import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Course } from './course.ts';
import type { Step } from './list.ts';

/** What the attendee has done so far. */
export interface Progress {
  /** The names of the steps whose check passed. */
  checked: string[];
}

/** Reads the progress. A damaged file is renamed, and stderr says so. */
export async function readProgress({ state }: Course): Promise<Progress> {
  const file = join(state, 'progress.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return { checked: [] };
  }

  try {
    const { checked } = JSON.parse(text) as Partial<Progress>;
    if (Array.isArray(checked) && checked.every((name) => typeof name === 'string')) return { checked };
  } catch {
    // handled below, like valid JSON of another form
  }
  await rename(file, `${file}.damaged`);
  console.error(
    `${file} is damaged: it was renamed to progress.json.damaged, and progress starts from zero.`,
  );
  return { checked: [] };
}

/** Records that the check of a step passed. Checking an earlier step again doesn't change the step reached. */
export async function recordPassed({ name }: Step, course: Course): Promise<void> {
  const [reached = ''] = (await reachedStep(course)).split('/');
  if (name >= reached) await recordReached(name, course);
  const { checked } = await readProgress(course);
  if (checked.includes(name)) return;
  await replaceFile(course, 'progress.json', `${JSON.stringify({ checked: [...checked, name] }, null, 2)}\n`);
}

/** The words for the last step that was put into the working copy or that passed its check; empty if none is recorded. */
export async function reachedStep({ state }: Course): Promise<string> {
  return (await readFile(join(state, 'step'), 'utf8').catch(() => '')).trim();
}

/** Records the words for that step, as in `wordsOf`; an empty text removes the record. */
export async function recordReached(words: string, course: Course): Promise<void> {
  await replaceFile(course, 'step', `${words}\n`);
}

/** Replaces a file of the state atomically: a reader gets either the old text or the new one. */
async function replaceFile({ state }: Course, name: string, text: string): Promise<void> {
  const draft = join(state, `${name}.${process.pid}.new`);
  await mkdir(state, { recursive: true });
  await writeFile(draft, text);
  await rename(draft, join(state, name));
}
