import { testOutcomes } from './outcomes.ts';

await testOutcomes([13, 15]);
