import { testEdited, testLive } from '../check/wrong-attempts.ts';
import { unobservable } from '../support/observed.ts';
import { stepNumber } from '../check/support.ts';
import { mistakes } from './mistakes.ts';

await testEdited(mistakes);
testLive(
  mistakes.filter(({ live }) => live),
  await unobservable(stepNumber(20)),
);
