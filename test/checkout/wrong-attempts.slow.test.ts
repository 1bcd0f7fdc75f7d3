import { test } from 'node:test';
import { assertFound, runMistake } from '../check/support.ts';
import { brokerMissing, startBroker } from '../support/broker.ts';
import { mistakes } from './mistakes.ts';

const skip = brokerMissing;
if (!skip) Object.assign(process.env, (await startBroker()).env);

// The mistakes that wrong-attempts.test.ts judges as edited observations, and that change code. One runs after the other, because all use one queue.
for (const mistake of mistakes.filter(({ edit, patch }) => edit && patch)) {
  test(`step ${mistake.step}: ${mistake.title}`, { skip }, async () => {
    assertFound(await runMistake(mistake), mistake);
  });
}
