import { testLive } from '../check/wrong-attempts.ts';
import { stepNumber } from '../check/support.ts';
import { unobservable } from '../support/observed.ts';
import { mistakes } from './mistakes.ts';

testLive(
  mistakes.filter(({ patch, live }) => patch && !live),
  await unobservable(stepNumber(20)),
);
