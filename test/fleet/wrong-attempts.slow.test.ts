import { after } from 'node:test';
import { postgresql } from '#workshop/parts/postgresql';
import { usePart } from '#workshop/parts/use';
import { stepNumber } from '../check/support.ts';
import { testLive } from '../check/wrong-attempts.ts';
import { mistakes as mistakesInOperating } from '../operate/mistakes.ts';
import { unobservable } from '../support/observed.ts';
import { mistakes as mistakesInMeasuring } from './mistakes.ts';

// One file for all chapters with a database: each check uses the one that is running, and none of them ends it.
const skip = await unobservable(stepNumber(16));
if (!skip) {
  const used = await usePart(postgresql);
  after(() => used.stop());
}

testLive(
  [...mistakesInMeasuring, ...mistakesInOperating].filter(({ patch, live }) => patch && !live),
  skip,
);
