import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Course } from './course.ts';

/** A JSON file in the state folder. */
export interface StateFile<Content> {
  name: string;
  isContent: (value: unknown) => value is Content;
  /** What happens if the file is damaged, to end a sentence: "progress starts from zero". */
  withoutIt: string;
}

/** Reads a file; undefined if there is none. A damaged file is renamed, and stderr says so. */
export async function readState<Content>(
  { name, isContent, withoutIt }: StateFile<Content>,
  { state }: Course,
): Promise<Content | undefined> {
  const file = join(state, name);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (isContent(value)) return value;
  } catch {
    // handled below, like valid JSON of another form
  }
  await rename(file, `${file}.damaged`);
  console.error(`${file} is damaged: it was renamed to ${name}.damaged, and ${withoutIt}.`);
  return undefined;
}

/** Replaces a JSON file. */
export async function writeState<Content>(
  { name }: StateFile<Content>,
  content: Content,
  course: Course,
): Promise<void> {
  await replaceText(name, `${JSON.stringify(content, null, 2)}\n`, course);
}

/** Replaces a file of the state folder atomically: a reader gets either the old text or the new one. */
export async function replaceText(name: string, text: string, { state }: Course): Promise<void> {
  const draft = join(state, `${name}.${process.pid}.new`);
  await mkdir(state, { recursive: true });
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, join(state, name));
}
