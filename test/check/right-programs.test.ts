import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rightPrograms } from './right-programs.ts';
import { assertPassed, judgeEdited } from './support.ts';

for (const program of rightPrograms.filter(({ edit }) => edit)) {
  test(`step ${program.step} passes: ${program.title}`, async () => {
    assertPassed(await judgeEdited(program));
  });
}

test('each step of chapter 1 has a right program that differs from the step', () => {
  const steps = new Set(rightPrograms.map(({ step }) => step));
  assert.deepEqual([...steps], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});
