/**
 * The two kinds of tests of a file: `npm test` runs those of `test`, `npm run test:rest` those of `slowTest`. test/run.ts
 * sets WORKSHOP_TESTS.
 */
import { test as nodeTest } from 'node:test';

const { WORKSHOP_TESTS: which = 'fast' } = process.env;
const leaveOut = (() => Promise.resolve()) as typeof nodeTest;

export const test = which === 'slow' ? leaveOut : nodeTest;
export const slowTest = which === 'fast' ? leaveOut : nodeTest;
