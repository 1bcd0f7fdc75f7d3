import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitText, verdictOn } from '../../bench/viewer/limits.ts';

test('a figure just within its limit meets it, for upper and lower limits', () => {
  const most = { atMost: 300 };
  const least = { atLeast: 50 };
  assert.deepEqual([limitText(most), limitText(least)], ['≤ 300', '≥ 50']);
  assert.deepEqual([verdictOn(300, most), verdictOn(300.1, most)], ['met', 'missed']);
  assert.deepEqual([verdictOn(50, least), verdictOn(49.9, least)], ['met', 'missed']);
});
