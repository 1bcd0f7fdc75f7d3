import { existsSync } from 'node:fs';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Course } from './course.ts';
import { copyFiles, type LessonFiles, readLessonFiles, sameFiles } from './files.ts';
import { reachedStep } from './progress.ts';

/** The attendee's own work, which was saved before a step replaced it. */
export interface SavedWork {
  folder: string;
  files: LessonFiles;
  /** The words for the step that had been reached, as in `wordsOf`; empty if it isn't known. */
  step: string;
}

/** The file with the name of the step, next to the saved files. Because of its dot, it isn't read as part of the work. */
const STEP_FILE = '.step';

/** Reads all saved work, oldest first. */
export async function listSavedWork({ state }: Course): Promise<SavedWork[]> {
  const parent = join(state, 'saved');
  if (!existsSync(parent)) return [];
  // An interrupted save has another name, and its work is still in the working copy.
  const names = (await readdir(parent)).filter((name) => /^[\dT-]+$/.test(name)).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const folder = join(parent, name);
      const step = await readFile(join(folder, STEP_FILE), 'utf8').catch(() => '');
      return { folder, files: await readAllFiles(folder), step };
    }),
  );
}

/** Saves these files of the working copy. Work that is already saved becomes the newest. Returns its folder. */
export async function saveWork(files: LessonFiles, course: Course): Promise<string> {
  const earlier = (await listSavedWork(course)).find((work) => sameFiles(work.files, files));
  const time = new Date().toISOString().replaceAll(':', '-').replace(/\..*/, '');
  const first = join(course.state, 'saved', time);
  let folder = first;
  for (let number = 2; existsSync(folder); number++) folder = `${first}-${number}`;

  const draft = earlier?.folder ?? `${folder}.${process.pid}.new`;
  if (!earlier) await copyFiles(course.root, draft, files.keys());
  await writeFile(join(draft, STEP_FILE), await reachedStep(course));
  await rename(draft, folder); // saved completely or not at all
  return folder;
}

/** Reads a folder that contains only files of a working copy. */
export async function readAllFiles(folder: string): Promise<LessonFiles> {
  return readLessonFiles(folder, new Set(await readdir(folder)));
}
