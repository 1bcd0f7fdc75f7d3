import { UsageError } from '../errors.ts';
import { isSameSystem, readLessonFiles } from './files.ts';
import { listSteps, type Step } from './list.ts';

/** The steps of each chapter, in order. A chapter begins with a step that lacks a service of the step before. */
export async function listChapters(): Promise<Step[][]> {
  const steps = await listSteps();
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
 * The steps of a chapter; chapters are numbered from 1.
 * @throws UsageError if there is none
 */
export async function findChapter(words: string): Promise<Step[]> {
  const chapters = await listChapters();
  const chapter = /^\d+$/.test(words) ? chapters[Number(words) - 1] : undefined;
  if (chapter) return chapter;
  throw new UsageError(`There is no chapter "${words}". Use a number from 1 to ${chapters.length}.`);
}
