import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paceOf } from '#workshop/board/pace';
import type { Report } from '#workshop/board/protocol';
import { join, memberWith, newRoom, report } from '#workshop/board/room';
import { viewOf } from '#workshop/board/view';
import { lessons, MINUTE_MS } from './support.ts';

const NINE = new Date(2026, 10, 28, 9, 0).getTime();

/** A room at nine o'clock, with one member for each report, and what the board shows of it some minutes later. */
function roomWith(...reports: (Report | undefined)[]) {
  const room = newRoom(NINE);
  const members = reports.map((found, index) => {
    const member = memberWith(room, join(room, { code: '', nickname: `P${index + 1}` }, '', NINE)!)!;
    if (found) report(member, found, NINE);
    return member;
  });
  return { members, after: (minutes: number) => viewOf(room, lessons, [], NINE + minutes * MINUTE_MS) };
}

test('who fails a check is stuck after three minutes at the same expectation, however often they check', () => {
  const { members, after } = roomWith({ step: 4, unmet: 1 }, { step: 4, unmet: null }, undefined);
  assert.deepEqual(
    after(2).people.map(({ name, at, state, minutes }) => [name, at, state, minutes]),
    [
      ['P1', 4, 'failing', 2],
      ['P2', 5, 'working', 2],
      ['P3', 0, 'joined', 2],
    ],
  );
  report(members[0]!, { step: 4, unmet: 1 }, NINE + 2 * MINUTE_MS);
  assert.deepEqual(after(3).stuck, [
    { step: 4, expectation: 'The first is met', people: [{ number: 1, minutes: 3 }] },
  ]);
  report(members[0]!, { step: 4, unmet: 2 }, NINE + 3 * MINUTE_MS);
  assert.deepEqual(after(4).stuck, []);
});

test('if a third of the room is stuck at the same expectation, the headline says which one to show', () => {
  const stuck = { step: 4, unmet: 2 };
  const passed = { step: 4, unmet: null };
  const { after } = roomWith(stuck, stuck, passed, passed, passed, passed, { step: 4, unmet: 0 });
  assert.equal(after(5).headline.isAlarm, false);
  assert.deepEqual(roomWith(stuck, stuck, passed, passed, passed, undefined).after(5).headline, {
    text: '2 of 6 are stuck at step 4',
    detail: 'Show it on the projector: The second is met',
    isAlarm: true,
  });
  assert.deepEqual(
    after(5).stuck.map(({ expectation }) => expectation),
    ['The second is met', 'The services start, and run.ts runs to the end'],
  );
});

test('who sends nothing for half an hour is away: listed last and not counted, until the next check', () => {
  const { members, after } = roomWith({ step: 4, unmet: 1 }, { step: 2, unmet: null });
  report(members[1]!, { step: 2, unmet: null }, NINE + 29 * MINUTE_MS);
  assert.deepEqual(
    after(30).people.map(({ name, state }) => [name, state]),
    [
      ['P2', 'working'],
      ['P1', 'away'],
    ],
  );
  assert.deepEqual(after(30).stuck, []);
  assert.equal(after(30).steps[3]!.here, 0);
  report(members[0]!, { step: 4, unmet: 1 }, NINE + 31 * MINUTE_MS);
  assert.equal(after(31).stuck[0]!.people[0]!.minutes, 31);
});

test('the steps are those of the chapter that the room works on, and the last step ends the course', () => {
  const { after } = roomWith({ step: 10, unmet: null }, { step: 9, unmet: 1 }, { step: 8, unmet: null });
  const { steps, people } = after(0);
  assert.deepEqual(
    steps.map(({ number, passed, here }) => [number, passed, here]),
    [
      [9, 1, 2],
      [10, 1, 0],
    ],
  );
  assert.equal(people[0]!.state, 'finished');
  assert.equal(roomWith().after(0).headline.text, 'Waiting for people to join');
  assert.deepEqual(roomWith({ step: 10, unmet: null }).after(0).headline, {
    text: 'Half of the room has passed the last step',
    detail: '1 person is here and 0 are stuck',
    isAlarm: false,
  });
});

test('a clock that was set back shows no negative times', () => {
  assert.equal(roomWith({ step: 1, unmet: 1 }).after(-10).people[0]!.minutes, 0);
});

test('people with the same nickname have their numbers, too; those without have only a number', () => {
  const room = newRoom(NINE);
  for (const nickname of ['Ada', undefined, 'Ada'])
    join(room, { code: '', ...(nickname && { nickname }) }, '', NINE);
  assert.deepEqual(
    viewOf(room, lessons, [], NINE).people.map(({ name }) => name),
    ['#2', 'Ada #1', 'Ada #3'],
  );
});

test('the room is behind when the part for its step should have ended, and ahead before the part for the last one has', () => {
  const schedule = [
    { startsAt: 0, minutes: 10, title: 'Why' },
    { startsAt: 10, minutes: 10, title: 'Step 1', step: 1 },
    { startsAt: 20, minutes: 10, title: 'Break' },
    { startsAt: 30, minutes: 10, title: 'Step 2', step: 2 },
  ];
  const behind = (workingOn: number, elapsed: number) => paceOf(schedule, workingOn, elapsed).behind;
  assert.deepEqual([behind(1, 5), behind(1, 20), behind(1, 26.5)], [0, 0, 7]);
  assert.deepEqual([behind(2, 15), behind(2, 25), behind(2, 40), behind(2, 41)], [-5, 0, 0, 1]);
  assert.deepEqual([behind(3, 35), behind(3, 50)], [-5, 0]);
  assert.equal(paceOf(schedule, 1, 25).now?.title, 'Break');
  assert.equal(paceOf(schedule, 1, 45).now, undefined);

  const room = newRoom(NINE);
  report(memberWith(room, join(room, { code: '' }, '', NINE)!)!, { step: 1, unmet: 1 }, NINE);
  assert.deepEqual(viewOf(room, lessons, schedule, NINE + 25 * MINUTE_MS).pace, {
    text: '5 min behind',
    detail: 'Now: Break, until 09:30',
    isBehind: true,
  });
});
