import { test } from 'node:test';
import { assertFound, fewAtATime, runMistake } from '../check/support.ts';
import { brokerMissing, startBroker } from '../support/broker.ts';
import { mistakes } from './mistakes.ts';

const skip = brokerMissing;
if (!skip) Object.assign(process.env, (await startBroker()).env);

const live = mistakes.filter(({ patch }) => patch);
const results = skip ? [] : fewAtATime(3, live, runMistake);
for (const [index, mistake] of live.entries()) {
  test(`step ${mistake.step}: ${mistake.title}`, { skip }, async () =>
    assertFound(await results[index]!, mistake),
  );
}
