import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { extraDigitsOf } from '#workshop/trace/extra-digits';
import { formatWithDigits } from '#workshop/trace/duration';
import type { Trace } from '#workshop/trace/model';
import { waterfallText } from '#workshop/trace/text';
import { durationText, selfText, waterfallOf } from '#workshop/trace/waterfall';
import { anySpans } from './arbitrary.ts';
import { readDuration } from './read-duration.ts';
import { span, traceOf, wide } from './spans.ts';

/** The labels of durations, each the parent of the next. */
function chain(...durationsMs: number[]): string[] {
  const durationsUs = durationsMs.map((ms) => ms * 1_000);
  const digits = extraDigitsOf(
    durationsUs,
    durationsUs.map((_, index) => index - 1),
  );
  return durationsUs.map((us, index) => formatWithDigits(us, digits[index]!));
}

test('a parent and its child get the digits that they need to differ', () => {
  assert.deepEqual(chain(540.4, 540.1, 540.05), ['540.40 ms', '540.10 ms', '540.05 ms']);
  assert.deepEqual(chain(20.95, 20.9), ['21.0 ms', '20.9 ms']);
  assert.deepEqual(chain(21.3, 20.9), ['21.3 ms', '20.9 ms']);
  assert.deepEqual(chain(5_150, 5_142, 5_141.7), ['5.150 s', '5.1420 s', '5.1417 s']);
});

test('durations that clearly differ get no extra digits', () => {
  assert.deepEqual(chain(5_150, 5_142, 412.3, 85.4), ['5.150 s', '5.142 s', '412 ms', '85 ms']);
});

test('a child as long as its parent reads the same', () => {
  assert.deepEqual(chain(540.42, 540.42, 540.4), ['540.42 ms', '540.42 ms', '540.40 ms']);
});

test('siblings get no extra digits to differ from each other', () => {
  assert.deepEqual(extraDigitsOf([900_000, 100_400, 100_100], [-1, 0, 0]), [0, 0, 0]);
});

/** A random tree of durations that are close together, so that rounding matters. */
const closeDurations = fc
  .record({
    around: fc.constantFrom(900, 9_900, 99_900, 540_000, 999_500, 5_150_000, 59_999_000, 3_599_900_000),
    members: fc.array(fc.record({ more: fc.integer({ min: 0, max: 1_200 }), parent: fc.nat() }), {
      minLength: 2,
      maxLength: 12,
    }),
  })
  .map(({ around, members }) => ({
    durationsUs: members.map(({ more }) => around + more),
    parents: members.map(({ parent }, index) => (index === 0 ? -1 : parent % index)),
  }));

test('the labels of each parent and child keep the order of their durations', () => {
  fc.assert(
    fc.property(closeDurations, ({ durationsUs, parents }) => {
      const digits = extraDigitsOf(durationsUs, parents);
      const labels = durationsUs.map((us, index) => formatWithDigits(us, digits[index]!));
      for (const [child, parent] of parents.entries()) {
        if (parent < 0) continue;
        const shown = readDuration(labels[child]!) - readDuration(labels[parent]!);
        assert.equal(
          Math.sign(Math.round(shown * 10)),
          Math.sign(durationsUs[child]! - durationsUs[parent]!),
          `${labels[parent]} above ${labels[child]}`,
        );
      }
    }),
    { numRuns: 1_000 },
  );
});

test('in a waterfall, no span reads longer than the trace and no self time longer than its span', () => {
  fc.assert(
    fc.property(anySpans, (spans) => {
      const waterfall = waterfallOf({ traceId: '', spans } as Trace);
      const whole = readDuration(durationText(waterfall));
      for (const row of waterfall.rows) {
        const own = readDuration(durationText(row));
        if (row.depth === 0) assert.ok(own <= whole, `${own} in ${whole}`);
        assert.ok(
          readDuration(selfText(row)) <= Math.max(0, own),
          `${selfText(row)} of ${durationText(row)}`,
        );
      }
    }),
    { numRuns: 300 },
  );
});

test('the waterfall in a terminal shows these digits for spans and for the trace', () => {
  const text = waterfallText(
    traceOf(
      span('parent', { durationMs: 540.4 }),
      span('child', { parentId: 'parent', durationMs: 540.1 }),
      span('grandchild', { parentId: 'child', durationMs: 540.05 }),
    ),
  );
  assert.match(text, /parent {2}540\.40 ms/);
  assert.deepEqual(text.match(/540\S* ms(?= {2}[█▐])/gu), ['540.40 ms', '540.10 ms', '540.05 ms']);
});

test('50,000 spans get their digits', () => {
  const { spans } = traceOf(...wide(50_000));
  const indexes = new Map(spans.map(({ spanId }, index) => [spanId, index]));
  const parents = spans.map(({ parentId }) => indexes.get(parentId ?? '') ?? -1);
  const began = performance.now();
  extraDigitsOf(
    spans.map(({ durationUs }) => durationUs),
    parents,
  );
  assert.ok(performance.now() - began < 1_000);
});
