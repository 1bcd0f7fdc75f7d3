import { after, test } from 'node:test';
import { usePart } from '#workshop/parts/use';
import { postgresql } from '#workshop/parts/postgresql';
import { assertFound, runMistake, stepNumber } from '../check/support.ts';
import { mistakes as mistakesInOperating } from '../operate/mistakes.ts';
import { unobservable } from '../support/observed.ts';
import { mistakes as mistakesInMeasuring } from './mistakes.ts';

// One file for all chapters with a database: each check uses the one that is running, and none of them ends it.
const skip = await unobservable(stepNumber(16));
if (!skip) {
  const used = await usePart(postgresql);
  after(() => used.stop());
}

for (const mistake of [...mistakesInMeasuring, ...mistakesInOperating]) {
  if (!mistake.patch || mistake.live) continue;
  test(`step ${mistake.step}: ${mistake.title}`, { skip }, async () => {
    assertFound(await runMistake(mistake), mistake);
  });
}
