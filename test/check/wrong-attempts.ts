/** Tests of a list of mistakes. Those that need a part that isn't installed are skipped. */
import { test } from 'node:test';
import { unobservable } from '../support/observed.ts';
import { assertFound, fewAtATime, judgeEdited, type Mistake, runMistake, stepNumber } from './support.ts';

/** Judges each mistake that has an `edit` on the edited observation of its step. */
export async function testEdited(mistakes: readonly Mistake[]): Promise<void> {
  for (const mistake of mistakes.filter(({ edit }) => edit)) {
    const skip = await unobservable(stepNumber(mistake.step));
    test(`step ${mistake.step}, as an edited observation: ${mistake.title}`, { skip }, async () => {
      assertFound(await judgeEdited(mistake), mistake);
    });
  }
}

/** Runs the changed step of each mistake, three at a time. */
export function testLive(mistakes: readonly Mistake[], skip: string | false = false): void {
  const results = skip ? [] : fewAtATime(3, mistakes, runMistake);
  for (const [index, mistake] of mistakes.entries()) {
    test(`step ${mistake.step}: ${mistake.title}`, { skip }, async () =>
      assertFound(await results[index]!, mistake),
    );
  }
}
