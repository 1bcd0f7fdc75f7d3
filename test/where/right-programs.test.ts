/** Programs that solve a step in another way than its folder does: the check must pass. */
import { test } from 'node:test';
import { evaluate, readLesson } from '#workshop/check/check';
import { assertPassed, stepNumber } from '../check/support.ts';
import { observed } from '../support/observed.ts';

test('step 23: bands-api requests several protocols, and tracing.ts does it all', async () => {
  const step = stepNumber(23);
  const seen = structuredClone(await observed(step));
  seen.slowness = 1;
  for (const relation of seen.relations)
    relation.requirer = { receivers: '["zipkin","otlp_grpc"]', other: '' };
  seen.sources.set(
    'bands-api/tracing.ts',
    'const tracing = new TracingEndpointRequirer(unit, { protocols })',
  );
  assertPassed(evaluate(await readLesson(step.folder), seen));
});
