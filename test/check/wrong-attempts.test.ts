import { test } from 'node:test';
import { mistakes } from './mistakes.ts';
import { assertFound, fewAtATime, judgeEdited, runMistake } from './support.ts';

const [edited, live] = [mistakes.filter(({ edit }) => edit), mistakes.filter(({ edit }) => !edit)];

for (const mistake of edited) {
  test(`step ${mistake.step}, as an edited observation: ${mistake.title}`, async () => {
    assertFound(await judgeEdited(mistake), mistake);
  });
}

const results = fewAtATime(3, live, runMistake);
for (const [index, mistake] of live.entries()) {
  test(`step ${mistake.step}: ${mistake.title}`, async () => assertFound(await results[index]!, mistake));
}
