import { testOutcomes } from './outcomes.ts';

await testOutcomes([11, 12, 14]);
