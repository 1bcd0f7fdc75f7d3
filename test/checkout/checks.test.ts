import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CheckResult, judge, observeOrBreakdown, readLesson, runCheck } from '#workshop/check/check';
import type { Lesson, Shortfall } from '#workshop/check/lesson';
import type { Observation } from '#workshop/check/observation';
import { hasLinkedRoot } from '#workshop/check/see/messages';
import { listSteps } from '#workshop/course/list';
import type { Span } from '#workshop/trace/model';
import { span, traceOf } from '../trace/spans.ts';
import { brokerMissing, startBroker } from '../support/broker.ts';

const skip = brokerMissing;
if (!skip) Object.assign(process.env, (await startBroker()).env);

const all = await listSteps();
const steps = all.filter(({ number }) => number >= 11);
const lessons = await Promise.all(steps.map(({ folder }) => readLesson(folder)));
const together: Lesson = Object.assign({}, ...lessons, {
  calls: Object.assign({}, ...lessons.map((lesson) => lesson.calls ?? {})),
});

// Each folder is run once, with what all lessons do; one after the other, because all use one queue.
const results: Promise<CheckResult[]>[] = [];
for (const { folder } of skip ? [] : steps) {
  const before = results.at(-1);
  results.push(
    (async () => {
      await before?.catch(() => {});
      const seen = await observeOrBreakdown({ folder, lesson: together });
      return lessons.map((lesson) => judge(lesson, seen));
    })(),
  );
}

/** What step N-1 is told by the check of step N: the expectation that it does not meet, and why. */
const missing: Record<number, { expect: RegExp; cause: RegExp; file: string }> = {
  12: { expect: /^checkout publishes in a span/, cause: /^None was made/, file: 'checkout/app.ts' },
  13: { expect: /^stock handles the message/, cause: /stock has no tracing\.ts/, file: 'stock/tracing.ts' },
  14: {
    expect: /^The PRODUCER span is made by the instrumentation/,
    cause: /AmqplibInstrumentation is not among/,
    file: 'checkout/tracing.ts',
  },
};

for (const [index, { name }] of steps.entries()) {
  test(`the check of ${name} passes on it, and so do those of the steps before`, { skip }, async () => {
    for (const { outcomes, passed } of (await results[index]!).slice(0, index + 1)) {
      const failed = outcomes.find(({ status }) => status === 'failed');
      assert.equal(failed && `${failed.expect}: ${failed.shortfall!.found}`, undefined);
      assert.equal(passed, true);
    }
  });
}

for (const [index, { number, name }] of steps.entries()) {
  const wanted = missing[number];
  if (!wanted) continue;
  test(`the check of ${name} fails on the step before, and says what that lacks`, { skip }, async () => {
    const { passed, outcomes } = (await results[index - 1]!)[index]!;
    const { expect, shortfall } = outcomes.find(({ status }) => status === 'failed')!;

    assert.equal(passed, false);
    assert.match(expect, wanted.expect);
    assert.match(shortfall!.cause, wanted.cause);
    assert.equal(shortfall!.file, wanted.file);
  });
}

test('the check of the chapter’s first step says of the chapter before that it has other services', async () => {
  const { passed, outcomes } = await runCheck({
    stepFolder: steps[0]!.folder,
    folder: all.find(({ number }) => number === 10)!.folder,
  });

  assert.equal(passed, false);
  assert.equal(outcomes[0]!.status, 'failed');
  assert.match(outcomes[0]!.shortfall!.cause, /npm run step 11 puts this one there/);
});

test('a write of the stock that has a parent is told why', () => {
  const consumer = span('consumer', { service: 'stock', kind: 'consumer', parentId: 'producer' });
  const server = span('server', { service: 'gateway', kind: 'server' });
  const links = [{ traceId: consumer.traceId, spanId: consumer.spanId }];
  const write = span('write stock', { service: 'stock', parentId: consumer.spanId, links });
  const call = { from: 'run.ts', to: 'gateway', method: 'POST', path: '/', headers: [], startMs: 0 };
  const seen = (spans: Span[]) =>
    ({ calls: new Map(), exchanges: [call], traces: [traceOf(...spans)] }) as unknown as Observation;

  const verdict = hasLinkedRoot('stock')(seen([server, consumer, write]));
  assert.notEqual(verdict, 'ok');
  assert.match((verdict as Shortfall).cause, /The timer remembers the context.*root: true/);

  const { parentId: _, ...root } = write;
  assert.equal(hasLinkedRoot('stock')(seen([server, consumer, root])), 'ok');
});
