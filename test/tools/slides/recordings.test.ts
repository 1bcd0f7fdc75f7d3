import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordStep } from '#tools/slides/record';
import { readRecording, recordedSteps, shapeOf } from '#tools/traces/recordings';
import { waterfallOf } from '#workshop/trace/waterfall';
import { observed, unobservable } from '../../support/observed.ts';

const steps = await recordedSteps();

for (const step of steps) {
  const skip = await unobservable(step);
  test(`the slides of step ${step.number} show a trace such as its call leaves`, { skip }, async () => {
    await observed(step);
    assert.equal(shapeOf(await recordStep(step)), shapeOf(await readRecording(step)));
  });
}

test('the recorded traces match what the slides say about them', async () => {
  const traces = new Map<number, Awaited<ReturnType<typeof readRecording>>>();
  for (const step of steps) traces.set(step.number, await readRecording(step));
  const waterfall = (number: number) => waterfallOf(traces.get(number)!);

  const [gap] = waterfall(5).rows.flatMap(({ span, gaps }) =>
    gaps.map((each) => ({ ...each, name: span.name })),
  );
  assert.equal(gap!.name, 'get reviews');
  assert.ok(gap!.durationUs > 4_900_000);
  assert.ok(waterfall(6).durationUs < 1_000_000, 'step 6 takes well under a second');
  const reviews = waterfall(6).rows.filter(({ span }) => span.name === 'read review');
  const lastBegin = Math.max(...reviews.map(({ offsetUs }) => offsetUs));
  assert.ok(
    reviews.every(({ offsetUs, durationUs }) => offsetUs + durationUs > lastBegin),
    'they overlap',
  );
  // The closing slide, and the slide of step 6.
  assert.ok(waterfall(6).durationUs < 500_000, 'less than half a second');
  const beforeCall = waterfall(5).rows.find(({ span }) => span.name === 'GET /reviews')!.offsetUs;
  assert.ok(beforeCall > 5_000_000 && beforeCall < 5_500_000, 'five seconds before the call');
  for (const number of [10, 11, 12, 13, 14, 15]) {
    const { rows } = waterfall(number);
    for (const { span, durationUs } of rows.filter(({ span: { kind } }) => kind === 'server')) {
      const client = rows.find((row) => row.span.spanId === span.parentId && row.span.kind === 'client');
      if (client) assert.ok(client.durationUs > durationUs, `step ${number}: the client waits longer`);
    }
  }
  const listReviews = waterfall(5).rows.find(({ span }) => span.name.endsWith('listReviews'))!;
  assert.equal(listReviews.depth, 4, 'an error there makes four other spans fail');
  assert.equal(waterfall(10).rows[0]!.span.service, 'caller');
  assert.deepEqual([waterfall(5).rows.length, waterfall(10).rows.length], [8, 10]);
  assert.deepEqual(
    [11, 12, 13, 14, 15].map((number) => waterfall(number).rows.length),
    [3, 4, 5, 5, 5],
  );
});
