import { test } from 'node:test';
import { assertFound, judgeEdited, runMistake } from '../check/support.ts';
import { brokerMissing, startBroker } from '../support/broker.ts';
import { mistakes } from './mistakes.ts';

const skip = brokerMissing;
if (!skip) Object.assign(process.env, (await startBroker()).env);

// One after the other, because all use one queue.
for (const mistake of mistakes) {
  const how = mistake.edit ? ', as an edited observation' : '';
  test(`step ${mistake.step}${how}: ${mistake.title}`, { skip }, async () => {
    assertFound(await (mistake.edit ? judgeEdited : runMistake)(mistake), mistake);
  });
}
