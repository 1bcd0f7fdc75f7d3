import { testLive } from '../check/wrong-attempts.ts';
import { mistakes } from './mistakes.ts';

testLive(mistakes.filter(({ patch, live }) => patch && !live));
