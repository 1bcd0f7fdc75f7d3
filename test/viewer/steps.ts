import { test } from 'node:test';
import { sendTrace } from '#tools/traces/send-trace';
import { readRecording } from '#tools/traces/recordings';
import { listSteps } from '#workshop/course/list';
import type { Viewer } from './viewer.ts';

/**
 * Sends the traces of steps, as they were recorded by running them (`npm run docs` renews the recordings), in a test of
 * its own in front of the others. Gives their ids by step, once that test is over.
 */
export function tracesOfSteps<Step extends string>(
  viewer: Viewer,
  names: readonly Step[],
  skip: string | false,
) {
  const ids = {} as Record<Step, string>;
  test(`the traces of ${names.join(', ')} arrive`, { skip }, async () => {
    const steps = await listSteps();
    for (const name of names) {
      const trace = await readRecording(steps.find((step) => step.name === name)!);
      await sendTrace(viewer.backend.otlpHttpUrl, trace);
      ids[name] = trace.traceId;
    }
  });
  return ids;
}
