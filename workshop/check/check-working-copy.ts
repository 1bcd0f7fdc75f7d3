import { listChapters } from '../course/chapters.ts';
import type { Course } from '../course/course.ts';
import { editedFiles } from '../course/edited-files.ts';
import type { Step } from '../course/list.ts';
import { readProgress, recordPassed } from '../course/progress.ts';
import { messageOf } from '../errors.ts';
import { applying, type CheckResult, runCheck } from './check.ts';

/** The result of a check of the working copy. */
export interface WorkingCopyResult extends CheckResult {
  /** Files under steps/ that were edited; empty if the step passes. */
  editedFiles: string[];
}

/**
 * Checks the working copy against a step, and records that the step passed. `earlier` are the steps that passed before, and
 * are checked again: see `passedBefore`.
 */
export async function checkWorkingCopy(
  step: Step,
  course: Course,
  { earlier, signal }: { earlier: Step[]; signal: AbortSignal },
): Promise<WorkingCopyResult> {
  const result = await runCheck({
    stepFolder: step.folder,
    earlier: earlier.map(({ folder }) => folder),
    folder: course.root,
    signal,
  });
  if (!result.passed) return { ...result, editedFiles: await editedFiles(course) };
  await recordPassed(step, course).catch((error) => {
    console.error(`The step passed, but the progress can't be saved: ${messageOf(error)}`);
  });
  return { ...result, editedFiles: [] };
}

/** The earlier steps of a step's chapter whose check has passed, and still applies. */
export async function passedBefore(step: Step, course: Course): Promise<Step[]> {
  const { checked } = await readProgress(course);
  const chapter =
    (await listChapters(course)).find((steps) => steps.some(({ name }) => name === step.name)) ?? [];
  const upToStep = await applying(chapter.filter(({ number }) => number <= step.number));
  return upToStep.filter(({ name, number }) => number < step.number && checked.includes(name));
}
