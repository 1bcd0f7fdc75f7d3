import { testEdited, testLive } from '../check/wrong-attempts.ts';
import { mistakes } from './mistakes.ts';

await testEdited(mistakes);
testLive(mistakes.filter(({ live }) => live));
