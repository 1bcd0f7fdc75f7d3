import { test } from 'node:test';
import { rightPrograms } from './right-programs.ts';
import { assertPassed, fewAtATime, runMistake } from './support.ts';

const others = rightPrograms.filter(({ edit }) => !edit);

const results = fewAtATime(3, others, runMistake);
for (const [index, { step, title }] of others.entries()) {
  test(`step ${step} passes: ${title}`, async () => assertPassed(await results[index]!));
}
