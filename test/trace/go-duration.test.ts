import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGoDuration } from '#workshop/trace/go-duration';

test("durations in Go's format are read to the µs", () => {
  const examples: [text: string, us: number][] = [
    ['0', 0],
    ['1.2s', 1_200_000],
    ['100ms', 100_000],
    ['5us', 5],
    ['5µs', 5],
    ['1m30s', 90_000_000],
    ['.5h', 1_800_000_000],
    ['1.s', 1_000_000],
  ];
  for (const [text, us] of examples) assert.equal(parseGoDuration(text), us, text);
});

test('an invalid duration is undefined', () => {
  for (const text of ['', 'soon', '5', '5 s', '1d', 's', '-1s', '1s soon']) {
    assert.equal(parseGoDuration(text), undefined, text);
  }
});
