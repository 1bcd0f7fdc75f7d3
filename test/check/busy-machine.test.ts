/** Slow is not wrong: if the machine is too busy to tell, a check is inconclusive. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate, readLesson } from '#workshop/check/check';
import { type ObservationError, requireSuccessfulRun } from '#workshop/check/observation-error';
import { callOfRun, type Observation } from '#workshop/check/observation';
import { reportText } from '#workshop/check/report';
import { measureSlowness } from '#workshop/check/slowness';
import { observed } from '../support/observed.ts';
import { spansWhere } from './edits.ts';
import { stepNumber } from './support.ts';

const step = stepNumber(6);
const lesson = await readLesson(step.folder);
const right = await observed(step);

/** What is observed if bands-api waits for this long in each call, and the machine is this busy. */
function waiting(seconds: number, slowness: number): Observation {
  const seen = { ...structuredClone(right), slowness };
  for (const server of spansWhere(
    seen,
    ({ service, kind }) => service === 'bands-api' && kind === 'server',
  )) {
    server.startUs -= seconds * 1_000_000;
    server.durationUs += seconds * 1_000_000;
  }
  return seen;
}

test('a wait that a busy machine can explain is inconclusive, and a longer one is not', () => {
  const statusOf = (seen: Observation) =>
    evaluate(lesson, seen).outcomes.find(({ expect }) => /bands-api does not wait/.test(expect))!.status;

  assert.equal(statusOf(waiting(1, 1)), 'failed');
  assert.equal(statusOf(waiting(1, 4)), 'inconclusive');
  assert.equal(statusOf(waiting(5, 4)), 'failed');
});

test('an inconclusive check accuses no code, and says that it should be run again', () => {
  const result = evaluate(lesson, waiting(1, 4));
  assert.deepEqual([result.passed, result.inconclusive], [false, true]);
  const text = reportText(result, { name: step.name, next: undefined });
  assert.match(text, /\? bands-api does not wait/);
  assert.doesNotMatch(text, /Cause|Look at|✗/);
  assert.match(text, /Step 6 is inconclusive: this machine is too busy to tell\. Run npm run check 6 again/);
});

test('a timeout is inconclusive on a busy machine', () => {
  for (const [slowness, inconclusive] of [
    [1, false],
    [10, true],
  ] as const) {
    const seen = { ...structuredClone(right), slowness };
    const call = callOfRun(seen)!;
    delete call.response;
    const stuck = { from: call.from, to: call.to, request: 'GET / from run.ts', alive: false };
    const circumstances = { crashed: undefined, stuck, limitMs: 30_000 };
    assert.throws(
      () => requireSuccessfulRun(seen, { ...seen.run, code: 'timeout' }, circumstances),
      (error: ObservationError) => {
        const text = reportText(evaluate(lesson, error), { name: step.name, next: undefined });
        assert.equal(error.inconclusive, inconclusive);
        assert.match(text, /Found +bands-api had not responded to GET \/ from run\.ts after 30 s/);
        assert.equal(/Cause|Look at|✗/.test(text), !inconclusive);
        return true;
      },
    );
  }
});

test('a service that gave up waiting for another is inconclusive on a busy machine', () => {
  for (const [slowness, status, inconclusive] of [
    [1, 504, false],
    [10, 504, true],
    [10, 500, false],
  ] as const) {
    const seen = { ...structuredClone(right), slowness };
    callOfRun(seen)!.response!.status = status;
    const circumstances = { crashed: undefined, stuck: undefined, limitMs: 30_000 };
    assert.throws(
      () => requireSuccessfulRun(seen, { ...seen.run, code: 0 }, circumstances),
      (error: ObservationError) => {
        assert.match(error.message, /The call is successful: bands-api responded to .* with status 50/);
        assert.equal(error.inconclusive, inconclusive);
        return true;
      },
    );
  }
});

test('the slowness of a machine is at least 1', async () => {
  assert.ok((await measureSlowness()) >= 1);
});
