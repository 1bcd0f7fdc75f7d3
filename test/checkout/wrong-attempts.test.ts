import { test } from 'node:test';
import { assertFound, judgeEdited, runMistake } from '../check/support.ts';
import { brokerMissing, startBroker } from '../support/broker.ts';
import { mistakes } from './mistakes.ts';

const skip = brokerMissing;
if (!skip) Object.assign(process.env, (await startBroker()).env);

for (const mistake of mistakes.filter(({ edit }) => edit)) {
  test(`step ${mistake.step}, as an edited observation: ${mistake.title}`, { skip }, async () => {
    assertFound(await judgeEdited(mistake), mistake);
  });
}

// One after the other, because all use one queue.
for (const mistake of mistakes.filter(({ live }) => live)) {
  test(`step ${mistake.step}: ${mistake.title}`, { skip }, async () => {
    assertFound(await runMistake(mistake), mistake);
  });
}
