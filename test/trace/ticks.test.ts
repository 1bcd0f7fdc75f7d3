import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ticksOf } from '#workshop/trace/ticks';

const texts = (fromUs: number, toUs: number, atMost = 5) =>
  ticksOf(fromUs, toUs, atMost).map(({ text }) => text);

test('ticks are round multiples of one unit', () => {
  assert.deepEqual(texts(0, 5_150_000), ['0', '2 s', '4 s']);
  assert.deepEqual(texts(0, 5_150_000, 8), ['0', '1 s', '2 s', '3 s', '4 s', '5 s']);
  assert.deepEqual(texts(0, 900_000), ['0', '200 ms', '400 ms', '600 ms', '800 ms']);
  assert.deepEqual(texts(0, 42), ['0', '10 µs', '20 µs', '30 µs', '40 µs']);
});

test('a short range late in the trace gets enough digits to tell its ticks apart', () => {
  assert.deepEqual(texts(5_000_000, 5_100_000), ['5.00 s', '5.02 s', '5.04 s', '5.06 s', '5.08 s', '5.10 s']);
  assert.deepEqual(texts(5_000_000, 5_000_004, 4), [
    '5.000000 s',
    '5.000001 s',
    '5.000002 s',
    '5.000003 s',
    '5.000004 s',
  ]);
});

test('above a minute, ticks are at clock units', () => {
  assert.deepEqual(texts(0, 150_000_000), ['0', '30 s', '1 min', '1 min 30 s', '2 min', '2 min 30 s']);
  assert.deepEqual(texts(0, 3 * 3_600e6, 3), ['0', '1 h', '2 h', '3 h']);
});

test('ticks have different labels, are evenly spaced and in order, and are not too many', () => {
  const microseconds = fc.oneof(
    fc.nat(1_000),
    fc.nat(10_000_000),
    fc.nat(2 ** 31).map((us) => us * 100),
  );
  fc.assert(
    fc.property(microseconds, microseconds, fc.integer({ min: 1, max: 12 }), (from, length, atMost) => {
      const marks = ticksOf(from, from + length + 1, atMost);
      assert.ok(marks.length <= atMost + 1);
      assert.equal(new Set(marks.map(({ text }) => text)).size, marks.length);
      for (const { us } of marks) assert.ok(us >= from && us <= from + length + 1);
      const steps = new Set(marks.slice(1).map(({ us }, index) => Math.round(us - marks[index]!.us)));
      assert.ok(steps.size <= 1);
    }),
    { numRuns: 1_000 },
  );
});

test('there are no ticks without time or room', () => {
  assert.deepEqual(ticksOf(5, 5, 5), []);
  assert.deepEqual(ticksOf(0, 10, 0), []);
  assert.deepEqual(ticksOf(0, NaN, 5), []);
});
