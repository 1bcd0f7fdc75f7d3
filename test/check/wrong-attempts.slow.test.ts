import { test } from 'node:test';
import { mistakes } from './mistakes.ts';
import { assertFound, fewAtATime, runMistake } from './support.ts';

// The mistakes that wrong-attempts.test.ts judges as edited observations.
const others = mistakes.filter(({ edit, patch }) => edit && patch);

const results = fewAtATime(3, others, runMistake);
for (const [index, mistake] of others.entries()) {
  test(`step ${mistake.step}: ${mistake.title}`, async () => assertFound(await results[index]!, mistake));
}
