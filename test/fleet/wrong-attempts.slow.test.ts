import { test } from 'node:test';
import { assertFound, runMistake, stepNumber } from '../check/support.ts';
import { unobservable } from '../support/observed.ts';
import { mistakes } from './mistakes.ts';

for (const mistake of mistakes.filter(({ patch }) => patch)) {
  const skip = await unobservable(stepNumber(mistake.step));
  test(`step ${mistake.step}: ${mistake.title}`, { skip }, async () => {
    assertFound(await runMistake(mistake), mistake);
  });
}
