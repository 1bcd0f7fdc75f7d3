import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesBetween } from '#workshop/course/changes';
import { isSameSystem, readLessonFiles } from '#workshop/course/files';
import { listSteps, startOf } from '#workshop/course/list';

/** Most steps add at most 25 lines in at most 3 files. These say why they may be larger. */
const LINES = 25;
const FILES = 3;
const larger: Record<string, { lines: number; files?: number; because: string }> = {
  '02-trace-bands-api': {
    lines: 30,
    because: 'a whole tracing.ts, half of it comments, which is read line by line',
  },
  '04-trace-reviews-api': { lines: 36, because: 'a copy of tracing.ts for the other service' },
  '10-let-the-library-do-it': {
    lines: 42,
    files: 5,
    because: 'the same change to the logs of two services, which also removes what step 09 added',
  },
  '12-publish-a-message': {
    lines: 26,
    because: 'one function, which also says in the span why it failed',
  },
  '14-let-the-library-carry-it': {
    lines: 27,
    files: 4,
    because: 'the same change in two services, which also removes what steps 12 and 13 added',
  },
  '16-promise-and-measure': {
    lines: 41,
    because: 'a whole metrics.ts, a third of it the histogram with its labels and buckets',
  },
  '17-indicators-from-spans': {
    lines: 61,
    because: 'a span processor and a sampler, in place of a hook, and the delay of a batch processor',
  },
  '18-alerts-that-ring': {
    lines: 52,
    because: 'six alerts, a third of it what the pager prints',
  },
  '20-ask-the-system': {
    lines: 30,
    because: 'a whole method of a service, with all that its response says',
  },
  '22-change-sampling': {
    lines: 74,
    files: 4,
    because: 'a whole sampler, which is read line by line, and its use in two programs',
  },
  '23-agree-on-an-endpoint': {
    lines: 60,
    files: 4,
    because: 'the same change in two services, half of which is a copy',
  },
  '24-the-endpoint-moves': {
    lines: 124,
    files: 4,
    because: 'a whole exporter, which is read line by line, and a copy of it for the other service',
  },
  '25-through-a-collector': {
    lines: 43,
    because: 'a whole configuration, in three changes',
  },
  '26-past-one-machine': {
    lines: 15,
    files: 4,
    because: 'a line or two in the configuration of each program',
  },
};

test('every step is small', async (t) => {
  const steps = await listSteps();
  const rows: string[] = [];
  const excess: string[] = [];

  for (const [index, step] of steps.entries()) {
    const before = await readLessonFiles(startOf(step) ?? steps[index - 1]?.folder ?? step.folder);
    const after = await readLessonFiles(step.folder);
    if (index === 0 || !isSameSystem(before, after)) continue;
    const changes = changesBetween(before, after);
    const added = changes.reduce((sum, change) => sum + change.added, 0);
    const removed = changes.reduce((sum, change) => sum + change.removed, 0);
    rows.push(`${step.name.padEnd(30)} +${added} −${removed} in ${changes.length} files`);

    const budget = { lines: LINES, files: FILES, ...larger[step.name] };
    if (added > budget.lines || changes.length > budget.files)
      excess.push(`${rows.at(-1)}, budget ${JSON.stringify(budget)}`);
  }

  for (const row of rows) t.diagnostic(row);
  assert.deepEqual(excess, []);
});
