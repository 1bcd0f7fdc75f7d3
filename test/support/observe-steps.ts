/** Observes every step into the folder WORKSHOP_OBSERVATIONS, for the test files that look at them. */
import { test } from 'node:test';
import { listSteps } from '#workshop/course/list';
import { observed, unobservable } from './observed.ts';

const steps = await listSteps();
await test('observe each step', { concurrency: steps.length }, async (t) => {
  await Promise.all(
    steps.map(async (step) =>
      t.test(step.name, { skip: await unobservable(step) }, async () => void (await observed(step))),
    ),
  );
});
