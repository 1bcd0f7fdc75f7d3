import { testEdited } from '../check/wrong-attempts.ts';
import { mistakes } from './mistakes.ts';

await testEdited(mistakes);
