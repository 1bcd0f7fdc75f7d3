import { changesBetween } from './changes.ts';
import type { Course } from './course.ts';
import { type LessonFiles, readLessonFiles, sameFiles } from './files.ts';
import { listSteps, type Step } from './list.ts';
import { reachedStep, readProgress } from './progress.ts';
import { readWorkingCopy } from './working-copy.ts';

/** The step that the working copy contains. */
export interface Position {
  /** The step that it equals, or the closest one. */
  step: Step;
  /** Whether it equals that step. */
  exact: boolean;
}

/** Finds the step that equals some files or, if there is none, the one with the fewest different lines. */
export async function positionOf(files: LessonFiles, course: Course): Promise<Position> {
  const candidates = await Promise.all(
    (await listSteps(course)).map(async (step) => {
      const filesOfStep = await readLessonFiles(step.folder);
      const changes = changesBetween(filesOfStep, files);
      const distance = changes.reduce((lines, { added, removed }) => lines + added + removed, 0);
      return { step, exact: sameFiles(filesOfStep, files), distance };
    }),
  );
  const [closest] = candidates.toSorted(
    (a, b) => Number(b.exact) - Number(a.exact) || a.distance - b.distance,
  );
  return { step: closest!.step, exact: closest!.exact };
}

/**
 * The step that the attendee has reached: the last one that was put into the working copy or that passed its check. It is
 * still the current one after the whole next step has been typed. If the working copy equals any other step, for example
 * after `git switch`, that is the current one; if no step is recorded, the closest one is.
 */
export async function currentStep(course: Course): Promise<Step> {
  const [steps, name] = [await listSteps(course), (await reachedStep(course)) || (await lastPassed(course))];
  const position = await positionOf(await readWorkingCopy(course), course);
  const index = steps.findIndex((step) => step.name === name);
  const next = steps[index + 1];
  if (index === -1 || (position.exact && position.step.name !== next?.name)) return position.step;
  return steps[index]!;
}

/** The step that the attendee works toward: the one after the current step, or the last step. */
export async function nextStep(course: Course): Promise<Step> {
  const [steps, { number }] = [await listSteps(course), await currentStep(course)];
  return steps.find((step) => step.number > number) ?? steps.at(-1)!;
}

async function lastPassed(course: Course): Promise<string | undefined> {
  return (await readProgress(course)).checked.toSorted().at(-1);
}
