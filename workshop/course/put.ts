import { UserError } from '../errors.ts';
import type { Course } from './course.ts';
import { readLessonFiles, sameFiles } from './files.ts';
import { type Step, wordsOf } from './list.ts';
import { recordReached } from './progress.ts';
import { listSavedWork, type SavedWork } from './saved-work.ts';
import { readWorkingCopy, replaceWorkingCopy } from './working-copy.ts';

/**
 * Puts a step into the working copy. Returns the folder in which the attendee's own work was saved, if there was any.
 * @throws UserError if a file can't be written, or another process is changing the working copy
 */
export async function putStep(step: Step, course: Course): Promise<string | undefined> {
  const { folder } = step;
  const saved = await replaceWorkingCopy({ folder, files: await readLessonFiles(folder) }, course);
  await recordReached(wordsOf(step), course);
  return saved;
}

/**
 * Puts back the newest saved work that differs from the working copy. `saved` is the folder in which the working copy was
 * saved, if it was the attendee's own work.
 * @throws UserError if there is no such work, a file can't be written, or another process is changing the working copy
 */
export async function restoreWork(
  course: Course,
): Promise<{ restored: SavedWork; saved: string | undefined }> {
  const current = await readWorkingCopy(course);
  const works = await listSavedWork(course);
  const restored = works.findLast(({ files }) => !sameFiles(files, current));
  if (!restored) {
    throw new UserError(
      works.length > 0
        ? 'The saved work is already in the working copy.'
        : 'There is no saved work: npm run step saves your work before it replaces it.',
    );
  }
  const saved = await replaceWorkingCopy(restored, course);
  await recordReached(restored.step, course);
  return { restored, saved };
}
