/** Step 25 with a real collector: the part reloads its configuration, and the check passes. */
import assert from 'node:assert/strict';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { observeStep } from '#tools/observations';
import { record } from '#tools/recorded';
import { startBackend } from '#workshop/backend/start';
import { evaluate, readLesson } from '#workshop/check/check';
import { useParts } from '#workshop/parts/use';
import { stateFolder } from '../parts/state.ts';
import { assertPassed, stepNumber } from '../check/support.ts';
import { eventually } from '../support/eventually.ts';
import { sendTraffic } from '#shared/scale/traffic.ts';

const step = stepNumber(25);

test('the part starts with the configuration of a step, and reloads it unless it is invalid', async (t) => {
  const backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
  t.after(() => backend.close());
  const stepFolder = join(stateFolder, 'step');
  await cp(join(step.folder, 'monitoring'), join(stepFolder, 'monitoring'), { recursive: true });
  const file = join(stepFolder, 'monitoring', 'collector.yaml');
  const text = await readFile(file, 'utf8');
  const places = new Map([['localhost:4317', new URL(backend.otlpGrpcUrl).host]]);
  const used = await useParts([{ name: 'cat', needs: ['collector'] }], { settings: { stepFolder, places } });
  t.after(() => used.stop());
  const { host } = new URL(used.env['COLLECTOR_URL']!);
  const sendOne = async (kind: 'error' | 'usual') => {
    const { traces, sent } = sendTraffic([host, host], { traces: 1, perSecond: 10, kindOf: () => kind });
    await sent;
    return traces[0]!.id;
  };

  const error = await sendOne('error');
  await eventually(() => backend.store.trace(error), 'a trace with an error arrives');

  await writeFile(
    file,
    text.replace('[memory_limiter, tail_sampling, batch]', '[memory_limiter, tail, batch]'),
  );
  await assert.rejects(used.reload(), {
    message:
      'OpenTelemetry Collector keeps its old settings: service::pipelines::traces: references processor "tail" which is not configured',
  });
  await writeFile(file, text.replace('[memory_limiter, tail_sampling, batch]', '[memory_limiter, batch]'));
  await eventually(async () => {
    await used.reload();
    return backend.store.trace(await sendOne('usual'));
  }, 'without tail sampling, any trace arrives');
});

test('the check of step 25 passes with a real collector', async () => {
  const seen = await observeStep(step);
  assertPassed(evaluate(await readLesson(step.folder), seen));
  if (process.env['RECORD']) await record(step, seen);
});
