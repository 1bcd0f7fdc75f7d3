import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CheckResult, judge, observeOrBreakdown, readLesson } from '#workshop/check/check';
import { fewAtATime, steps } from './support.ts';

/** What step N-1 is told by the check of step N: the expectation that it does not meet, and why. */
const missing: Record<number, { expect: RegExp; cause: RegExp; file: string }> = {
  2: {
    expect: /^bands-api makes a span of kind SERVER/,
    cause: /has no tracing\.ts/,
    file: 'bands-api/tracing.ts',
  },
  3: { expect: /^run\.ts sends a valid traceparent/, cause: /The header was not made/, file: 'run.ts' },
  4: { expect: /^bands-api passes the trace on/, cause: /propagation\.inject/, file: 'bands-api/app.ts' },
  5: { expect: /^bands-api has a span of your own/, cause: /^None was made/, file: 'bands-api/app.ts' },
  6: { expect: /^bands-api does not wait/, cause: /a sleep that was left in/, file: 'bands-api/reviews.ts' },
  7: {
    expect: /^bands-api answers with a header trace-id/,
    cause: /Nothing sets the header/,
    file: 'bands-api/tracing.ts',
  },
  8: { expect: /^run\.ts sends a tracestate/, cause: /It was not made/, file: 'run.ts' },
  9: { expect: /^Every line that bands-api logs/, cause: /A mixin adds the ids/, file: 'bands-api/app.ts' },
  10: { expect: /^The trace begins with a CLIENT span/, cause: /makes no span/, file: 'run.ts' },
};

// Each folder is run once, with the calls of all lessons; then every lesson looks at what was seen.
const lessons = await Promise.all(steps.map(({ folder }) => readLesson(folder)));
const calls = Object.assign({}, ...lessons.map((lesson) => lesson.calls ?? {}));
const retells = lessons.find((lesson) => lesson.retells)!.retells!;
const results = fewAtATime(3, steps, async ({ folder }): Promise<CheckResult[]> => {
  const seen = await observeOrBreakdown({ folder, lesson: { calls, retells } });
  return lessons.map((lesson) => judge(lesson, seen));
});

for (const [index, { number, name }] of steps.entries()) {
  test(`the check of ${name} passes on it, and so do those of the steps before`, async () => {
    const ofChecks = await results[index]!;
    for (const [check, result] of ofChecks.slice(0, number).entries()) {
      const failed = result.outcomes.find(({ status }) => status === 'failed');
      const said = failed && `${failed.expect}: ${failed.shortfall!.found} ${failed.shortfall!.cause}`;
      assert.equal(said, undefined, `check ${check + 1}: ${said}`);
      assert.equal(result.passed, true);
      assert.ok(result.outcomes.every(({ status }) => status === 'met'));
    }
  });
}

for (const { number, name } of steps.slice(1)) {
  test(`the check of ${name} fails on the step before, and says what that lacks`, async () => {
    const { passed, outcomes } = (await results[number - 2]!)[number - 1]!;
    const { expect, cause, file } = missing[number]!;
    const failed = outcomes.find(({ status }) => status === 'failed')!;

    assert.equal(passed, false);
    assert.match(failed.expect, expect);
    assert.match(failed.shortfall!.cause, cause);
    assert.equal(failed.shortfall!.file, file);
    assert.ok(outcomes.slice(outcomes.indexOf(failed) + 1).every(({ status }) => status === 'open'));
  });
}

test('a lesson gives each of its calls a name of its own, and no call of another lesson that name', () => {
  const names = lessons.flatMap((lesson) => Object.entries(lesson.calls ?? {}));
  for (const [name, call] of names) assert.deepEqual(calls[name], call, name);
});
