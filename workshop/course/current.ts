import { changesBetween } from './changes.ts';
import type { Course } from './course.ts';
import { type LessonFiles, readLessonFiles, sameFiles } from './files.ts';
import { isStart, listSteps, type Step, startOf, wordsOf } from './list.ts';
import { reachedStep, readProgress } from './progress.ts';
import { readWorkingCopy } from './working-copy.ts';

/**
 * Finds the step that equals some files, which is `exact` then, or the one with the fewest different lines. It may be only
 * what a step begins with: see `isStart`.
 */
export async function positionOf(files: LessonFiles, course: Course) {
  const candidates = await Promise.all(
    (await listStates(course)).map(async (step) => {
      const filesOfStep = await readLessonFiles(step.folder);
      const changes = changesBetween(filesOfStep, files);
      const distance = changes.reduce((lines, { added, removed }) => lines + added + removed, 0);
      return { step, exact: sameFiles(filesOfStep, files), distance };
    }),
  );
  const [closest] = candidates.toSorted(
    (a, b) => Number(b.exact) - Number(a.exact) || a.distance - b.distance,
  );
  const { step, exact } = closest!;
  return { step, exact };
}

/**
 * The step that the attendee has reached: the last one that was put into the working copy or that passed its check. It is
 * still the current one after the whole next step has been typed. If the working copy equals any other step, for example
 * after `git switch`, that is the current one; if no step is recorded, the closest one is. It may be only what a step
 * begins with: see `isStart`.
 */
export async function currentStep(course: Course): Promise<Step> {
  const words = (await reachedStep(course)) || (await lastPassed(course));
  const reached = (await listStates(course)).find((step) => wordsOf(step) === words);
  const position = await positionOf(await readWorkingCopy(course), course);
  if (!reached) return position.step;
  const typed = await stepAfter(reached, course);
  return position.exact && position.step.folder !== typed.folder ? position.step : reached;
}

/**
 * The step that the attendee works toward: the one that the working copy has the start of, the one after the current step,
 * or the last step.
 */
export async function nextStep(course: Course): Promise<Step> {
  return stepAfter(await currentStep(course), course);
}

async function stepAfter(step: Step, course: Course): Promise<Step> {
  const first = isStart(step) ? step.number : step.number + 1;
  const steps = await listSteps(course);
  return steps.find(({ number }) => number >= first) ?? steps.at(-1)!;
}

/** What `npm run step` can put into the working copy: all steps, and what some of them begin with. */
async function listStates(course: Course): Promise<Step[]> {
  const steps = await listSteps(course);
  return steps.flatMap((step) => {
    const start = startOf(step);
    return start ? [{ ...step, folder: start }, step] : [step];
  });
}

async function lastPassed(course: Course): Promise<string | undefined> {
  return (await readProgress(course)).checked.toSorted().at(-1);
}
