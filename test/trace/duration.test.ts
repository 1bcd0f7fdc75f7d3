import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDuration, tableFormatter } from '#workshop/trace/duration';
import { readDuration } from './read-duration.ts';

const examples: [us: number, text: string][] = [
  [0, '0 µs'],
  [85, '85 µs'],
  [999, '999 µs'],
  [1_000, '1.0 ms'],
  [1_234, '1.2 ms'],
  [9_949, '9.9 ms'],
  [9_960, '10 ms'],
  [411_600, '412 ms'],
  [999_499, '999 ms'],
  [999_700, '1.000 s'],
  [5_150_000, '5.150 s'],
  [5_142_000, '5.142 s'],
  [59_999_400, '59.999 s'],
  [59_999_600, '1 min 0 s'],
  [123_000_000, '2 min 3 s'],
  [3_599_400_000, '59 min 59 s'],
  [3_599_700_000, '1 h 0 min'],
  [3_720_000_000, '1 h 2 min'],
  [90_000_000_000, '25 h 0 min'],
  [-3_200, '−3.2 ms'],
  [0.4, '0 µs'],
  [999.6, '1.0 ms'],
  [NaN, '?'],
  [Infinity, '?'],
];

for (const [us, text] of examples) {
  test(`${us} µs reads ${text}`, () => assert.equal(formatDuration(us), text));
}

test('the durations of a table share a unit and its digits', () => {
  const texts = (...durations: number[]) => durations.map(tableFormatter(durations));
  assert.deepEqual(texts(13_012_000, 52_000, 85, 0, -300), [
    '13.012 s',
    '0.052 s',
    '< 0.001 s',
    '0.000 s',
    '> −0.001 s',
  ]);
  assert.deepEqual(texts(412_000, 1_200), ['412.0 ms', '1.2 ms']);
  assert.deepEqual(texts(412_000, -85), ['412.000 ms', '−0.085 ms']);
  assert.deepEqual(texts(52_000, 10_000), ['52 ms', '10 ms']);
  assert.deepEqual(texts(999_600), ['1.000 s']);
  assert.deepEqual(texts(85, 3), ['85 µs', '3 µs']);
  assert.deepEqual(texts(0, NaN), ['0 µs', '?']);
});

const both = (us: number, beside: number) => [formatDuration(us, beside), formatDuration(beside, us)];

test('a duration gets the extra digits that it needs to differ from another one', () => {
  assert.deepEqual(both(5_150_000, 5_142_000), ['5.150 s', '5.142 s']);
  assert.deepEqual(both(5_150_040, 5_149_960), ['5.15004 s', '5.14996 s']);
  assert.deepEqual(both(411_600, 412_300), ['411.6 ms', '412.3 ms']);
  assert.deepEqual(both(1_240, 1_210), ['1.24 ms', '1.21 ms']);
  assert.deepEqual(both(123_000_000, 123_400_000), ['2 min 3.0 s', '2 min 3.4 s']);
  assert.deepEqual(both(3_720_000_000, 3_721_000_000), ['1 h 2 min 0 s', '1 h 2 min 1 s']);
});

test('different durations in whole µs never read the same', () => {
  const us = fc.integer({ min: 0, max: 10_000_000_000 });
  const close = fc.tuple(us, fc.integer({ min: 1, max: 2_000 })).map(([a, more]) => [a, a + more] as const);
  fc.assert(
    fc.property(close, ([a, b]) => assert.notEqual(formatDuration(a, b), formatDuration(b, a))),
    {
      numRuns: 1_000,
    },
  );
});

test('a longer duration never reads shorter', () => {
  const us = fc.integer({ min: 0, max: 10_000_000_000 });
  fc.assert(
    fc.property(us, fc.integer({ min: 0, max: 100_000 }), (a, more) => {
      assert.ok(readDuration(formatDuration(a)) <= readDuration(formatDuration(a + more)) + 1e-6);
      assert.ok(Math.abs(readDuration(formatDuration(a)) - a) <= Math.max(a * 0.06, 0.5));
    }),
    { numRuns: 1_000 },
  );
});
