import { readLesson } from '../check/check.ts';
import { listChapters } from '../course/chapters.ts';

/** What the board shows of a step. */
export interface BoardLesson {
  number: number;
  title: string;
  /** Numbered from 0. */
  chapter: number;
  /** Sentences, in the order in which a check judges them. */
  expectations: string[];
}

/** The lessons of all steps, in order. */
export async function readLessons(): Promise<BoardLesson[]> {
  const chapters = await listChapters();
  return Promise.all(
    chapters.flatMap((steps, chapter) =>
      steps.map(async ({ number, title, folder }) => ({
        number,
        title,
        chapter,
        expectations: (await readLesson(folder)).expectations.map(({ expect }) => expect),
      })),
    ),
  );
}
