import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ago, clockTime } from '#workshop/viewer/frame/times';

const ms = (time: Date) => time.valueOf();
const us = (time: Date) => ms(time) * 1_000;
const noon = new Date(2026, 4, 3, 12, 0, 0);

test('a time of today is hh:mm:ss.mmm', () => {
  assert.equal(clockTime(us(new Date(2026, 4, 3, 4, 5, 6, 7)), ms(noon)), '04:05:06.007');
  assert.equal(clockTime(us(new Date(2026, 4, 3, 0, 0, 0, 0)), ms(noon)), '00:00:00.000');
  assert.equal(clockTime(us(new Date(2026, 4, 3, 23, 59, 59, 999)), ms(noon)), '23:59:59.999');
});

test("a time of another day starts with the date in the reader's locale", () => {
  const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
  for (const time of [
    new Date(2026, 4, 2, 23, 59, 59, 999),
    new Date(2026, 4, 4),
    new Date(2025, 4, 3, 12),
  ]) {
    const [day, clock] = [date.format(time), clockTime(us(time), ms(time))];
    assert.equal(clockTime(us(time), ms(noon)), `${day}, ${clock}`);
  }
});

test('an invalid time is a question mark', () => {
  assert.equal(clockTime(Number.NaN), '?');
  assert.equal(clockTime(1e300), '?');
});

test('the time since then is in one unit', () => {
  const before = (seconds: number) => ago(us(noon) - seconds * 1_000_000, ms(noon));
  assert.deepEqual([-1_200, -1, 1, 2, 59, 60, 3_599, 3_600, 86_399, 86_400, 172_800].map(before), [
    '20 min in the future',
    'just now',
    'just now',
    '2 s ago',
    '59 s ago',
    '1 min ago',
    '59 min ago',
    '1 h ago',
    '23 h ago',
    '1 day ago',
    '2 days ago',
  ]);
});
