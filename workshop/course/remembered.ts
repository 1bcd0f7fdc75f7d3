import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stateFolder } from '../settings.ts';

const file = join(stateFolder, 'step');

/** The name of the step that was last put into the working copy or passed in a check; empty if none is known. */
export async function rememberedStep(): Promise<string> {
  return (await readFile(file, 'utf8').catch(() => '')).trim();
}

/** Remembers such a step by its name; an empty one forgets it. */
export async function rememberStep(name: string): Promise<void> {
  await mkdir(stateFolder, { recursive: true });
  await writeFile(file, `${name}\n`);
}
