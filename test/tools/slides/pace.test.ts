import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paceOf, plansOf, type TimedSlide } from '#tools/slides/browser/pace';

const slide = (minutes: number, optional = false): TimedSlide => ({
  seconds: minutes * 60,
  optional,
  at: [minutes, 0],
});
/** A lobby, two slides, a change with its code before, and two pairs of which one slide can be skipped. */
const slides = [
  slide(0),
  slide(1),
  slide(2),
  slide(0),
  slide(3),
  slide(1, true),
  slide(4),
  slide(2, true),
  slide(5),
];
const plans = plansOf(slides);

test('the plan of a slide says when it starts and ends, and the code before a change shares the time of the change', () => {
  assert.deepEqual(
    plans.map(({ number, startsS, endsS }) => [number, startsS / 60, endsS / 60]),
    [
      [1, 0, 1],
      [2, 0, 1],
      [3, 1, 3],
      [4, 3, 6],
      [5, 3, 6],
      [6, 6, 7],
      [7, 7, 11],
      [8, 11, 13],
      [9, 13, 18],
    ],
  );
});

test('the pace is on schedule, ahead, or behind by whole minutes', () => {
  const textAt = (minutes: number) => paceOf(plans[4]!, minutes * 60).text;
  assert.deepEqual([0, 2.5, 3, 6.9, 7, 9.5].map(textAt), [
    '3 min ahead',
    'On schedule',
    'On schedule',
    'On schedule',
    '1 min behind',
    '3 min behind',
  ]);
});

test('behind schedule, the advice names as many of the next optional slides as the delay takes', () => {
  const late = (index: number, minutes: number) => paceOf(plans[index]!, plans[index]!.endsS + minutes * 60);
  assert.equal(late(4, 1).advice, 'Skip from 5 to 7: this saves 1 min.');
  assert.deepEqual(late(4, 1).now, { from: 5, to: 7, at: [4, 0], seconds: 60 });
  assert.equal(late(3, 2).advice, 'Skip from 5 to 7, from 7 to 9: this saves 3 min.');
  assert.equal(late(3, 2).now, undefined);
  assert.equal(late(8, 2).advice, 'No more slides can be skipped: take fewer questions.');
  assert.equal(paceOf(plans[4]!, 0).advice, 'There is time for a question.');
});
