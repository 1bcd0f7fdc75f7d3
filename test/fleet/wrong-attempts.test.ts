import { test } from 'node:test';
import { assertFound, judgeEdited, stepNumber } from '../check/support.ts';
import { unobservable } from '../support/observed.ts';
import { mistakes } from './mistakes.ts';

for (const mistake of mistakes.filter(({ edit }) => edit)) {
  const skip = await unobservable(stepNumber(mistake.step));
  test(`step ${mistake.step}, as an edited observation: ${mistake.title}`, { skip }, async () => {
    assertFound(await judgeEdited(mistake), mistake);
  });
}
