import { UsageError } from '../errors.ts';
import { type Course, openCourse } from './course.ts';
import { isSameSystem, readLessonFiles } from './files.ts';
import { listSteps, startOf, type Step } from './list.ts';

/** The steps of each chapter, in order. A chapter begins with a step that lacks a service of the step before. */
export async function listChapters(course = openCourse()): Promise<Step[][]> {
  const steps = await listSteps(course);
  const files = await Promise.all(steps.map(({ folder }) => readLessonFiles(folder)));
  const chapters: Step[][] = [];
  for (const [index, step] of steps.entries()) {
    const before = files[index - 1];
    if (before && isSameSystem(before, files[index]!)) chapters.at(-1)!.push(step);
    else chapters.push([step]);
  }
  return chapters;
}

/**
 * What to put into the working copy to do a step: what it begins with, or the step before it. The first step of a chapter
 * that begins with nothing else is complete from the beginning.
 */
export async function beginningOf(step: Step, course: Course): Promise<Step> {
  const start = startOf(step);
  if (start) return { ...step, folder: start };
  const chapter = (await listChapters(course)).find((steps) => steps.some(({ name }) => name === step.name));
  return chapter?.findLast(({ number }) => number < step.number) ?? step;
}

/**
 * The steps of a chapter; chapters are numbered from 1.
 * @throws UsageError if there is none
 */
export async function findChapter(words: string): Promise<Step[]> {
  const chapters = await listChapters();
  const chapter = /^\d+$/.test(words) ? chapters[Number(words) - 1] : undefined;
  if (chapter) return chapter;
  throw new UsageError(`There is no chapter "${words}". Use a number from 1 to ${chapters.length}.`);
}
