import { changesBetween, type FileChange } from './changes.ts';
import type { Course } from './course.ts';
import { nextStep } from './current.ts';
import { isSameSystem, readLessonFiles } from './files.ts';
import type { Step } from './list.ts';
import { readWorkingCopy } from './working-copy.ts';

/** What differs between two steps, or between the working copy and a step. */
export interface Difference {
  /** The first step; undefined for the working copy. */
  from: Step | undefined;
  to: Step;
  changes: FileChange[];
  /** Whether `to` lacks one of the services that it is compared with, and so begins a chapter. */
  startsChapter: boolean;
}

/** Compares two steps; the working copy and one step; or, if no step is given, the working copy and the next step. */
export async function differenceBetween(steps: Step[], course: Course): Promise<Difference> {
  const to = steps.at(-1) ?? (await nextStep(course));
  const from = steps.length === 2 ? steps[0] : undefined;
  const before = from ? await readLessonFiles(from.folder) : await readWorkingCopy(course);
  const after = await readLessonFiles(to.folder);
  return { from, to, changes: changesBetween(before, after), startsChapter: !isSameSystem(before, after) };
}
