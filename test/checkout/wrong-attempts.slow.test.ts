import { test } from 'node:test';
import { assertFound, runMistake } from '../check/support.ts';
import { brokerMissing, startBroker } from '../support/broker.ts';
import { mistakes } from './mistakes.ts';

const skip = brokerMissing;
if (!skip) Object.assign(process.env, (await startBroker()).env);

// One after the other, because all use one queue.
for (const mistake of mistakes.filter(({ patch }) => patch)) {
  test(`step ${mistake.step}: ${mistake.title}`, { skip }, async () => {
    assertFound(await runMistake(mistake), mistake);
  });
}
