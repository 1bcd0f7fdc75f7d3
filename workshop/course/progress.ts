import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stateFolder } from '../settings.ts';

/** What the attendee has done so far. */
export interface Progress {
  /** The names of the steps whose check passed. */
  checked: string[];
}

const file = join(stateFolder, 'progress.json');

/** Reads the progress. A file that cannot be understood is set aside, with a sentence on stderr. */
export async function readProgress(): Promise<Progress> {
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
    // told below, like any other content that is no progress
  }
  await rename(file, `${file}.damaged`);
  console.error(
    `The progress in ${file} could not be read: it is kept as progress.json.damaged, and counting begins anew.`,
  );
  return { checked: [] };
}

/** Writes the progress, so that a reader sees the old or the new one whole. */
export async function writeProgress(progress: Progress): Promise<void> {
  await mkdir(stateFolder, { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(progress, null, 2)}\n`);
  await rename(`${file}.new`, file);
}
