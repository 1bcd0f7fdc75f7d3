import { mistakes } from './mistakes.ts';
import { testLive } from './wrong-attempts.ts';

testLive(mistakes.filter(({ live, patch }) => !live && patch));
