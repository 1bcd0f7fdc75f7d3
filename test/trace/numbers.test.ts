import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { counted, grouped, percent } from '#workshop/trace/numbers';

test('digits are in groups of three', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (number) => assert.equal(grouped(number), number.toLocaleString('en'))),
  );
});

test('the plural s is left out for exactly one', () => {
  assert.deepEqual(
    [0, 1, 2, 12_345].map((count) => counted(count, 'span')),
    ['0 spans', '1 span', '2 spans', '12,345 spans'],
  );
});

test('a small share is never 0 %, and every share of nothing is', () => {
  assert.deepEqual(
    [percent(0, 8), percent(1, 1_000), percent(1, 8), percent(8, 8), percent(1, 0)],
    ['0 %', '< 1 %', '13 %', '100 %', '0 %'],
  );
});
