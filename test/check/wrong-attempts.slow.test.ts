import { test } from 'node:test';
import { mistakes } from './mistakes.ts';
import { assertFound, fewAtATime, runMistake } from './support.ts';

const others = mistakes.filter(({ live, patch }) => !live && patch);

const results = fewAtATime(3, others, runMistake);
for (const [index, mistake] of others.entries()) {
  test(`step ${mistake.step}: ${mistake.title}`, async () => assertFound(await results[index]!, mistake));
}
