import { UserError } from '../errors.ts';
import type { Course } from './course.ts';
import { readLessonFiles, sameFiles } from './files.ts';
import type { Step } from './list.ts';
import { recordReached } from './progress.ts';
import { listSavedWork, type SavedWork } from './saved-work.ts';
import { readWorkingCopy, replaceWorkingCopy } from './working-copy.ts';

/**
 * Puts a step into the working copy. Returns the folder that the attendee's own work was saved in, if there was any.
 * @throws UserError when a file can't be written, or another process is changing the working copy
 */
export async function putStep({ name, folder }: Step, course: Course): Promise<string | undefined> {
  const saved = await replaceWorkingCopy({ folder, files: await readLessonFiles(folder) }, course);
  await recordReached(name, course);
  return saved;
}

/**
 * Puts the newest saved work that differs from the working copy back. `saved` is the folder that the working copy was
 * saved in, if it was the attendee's own work.
 * @throws UserError when there is no such work, a file can't be written, or another process is changing the working copy
 */
export async function restoreWork(
  course: Course,
): Promise<{ restored: SavedWork; saved: string | undefined }> {
  const present = await readWorkingCopy(course);
  const works = await listSavedWork(course);
  const restored = works.findLast(({ files }) => !sameFiles(files, present));
  if (!restored) {
    throw new UserError(
      works.length > 0
        ? 'The saved work is in the working copy already.'
        : 'There is no saved work: npm run step saves your work before it puts a step in its place.',
    );
  }
  const saved = await replaceWorkingCopy(restored, course);
  await recordReached(restored.step, course);
  return { restored, saved };
}
