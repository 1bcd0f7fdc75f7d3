/** The check of step 25, on a recording of a real run: `npm run test:scale` with RECORD=1 makes it again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRecorded, recordedSources } from '#tools/recorded';
import { evaluate, readLesson } from '#workshop/check/check';
import { readSources } from '#workshop/check/observe';
import { readServices } from '#workshop/services/definition';
import { assertPassed, stepNumber } from '../check/support.ts';
import { observed } from '../support/observed.ts';

const step = stepNumber(25);

test('the recording was made with the code and the configuration that the step has now', async () => {
  assert.ok(isRecorded(step));
  assert.deepEqual(
    await recordedSources(step),
    await readSources(step.folder, await readServices(step.folder)),
  );
});

const others: [title: string, from: string, to: string][] = [
  [
    'components have names of their own',
    'memory_limiter, tail_sampling, batch',
    'memory_limiter/small, tail_sampling, batch/2',
  ],
  [
    'the queue of the exporter makes the batches',
    'tls: { insecure: true } }',
    'tls: { insecure: true }, sending_queue: { batch: { flush_timeout: 200ms } } }',
  ],
];
for (const [title, from, to] of others) {
  test(`a right configuration passes: ${title}`, async () => {
    const seen = structuredClone(await observed(step));
    seen.slowness = 1;
    const file = 'monitoring/collector.yaml';
    const text = seen.sources.get(file)!;
    assert.ok(text.includes(from));
    const withoutBatch = title.startsWith('the queue')
      ? text.replace('tail_sampling, batch]', 'tail_sampling]')
      : text;
    seen.sources.set(file, withoutBatch.replace(from, to));
    assertPassed(evaluate(await readLesson(step.folder), seen));
  });
}
