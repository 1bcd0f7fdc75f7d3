/** What the page of the board shows, computed from the room; pure. */
import { listed } from '../listed.ts';
import type { BoardPerson, BoardResponse } from '../trace/page-data.ts';
import type { BoardLesson } from './lessons.ts';
import { paceOf, type ScheduledPart } from './pace.ts';
import type { Member, Room } from './room.ts';

const STUCK_AFTER_MIN = 3;
const AWAY_AFTER_MIN = 30;
/** If this share of the room is stuck at the same expectation, the instructor should show the solution. */
const MANY = 1 / 3;
const MINUTE_MS = 60_000;

/** What the board shows at a given time, in ms since 1970, except for how to join. `schedule` may be empty. */
export function viewOf(
  room: Room,
  lessons: readonly BoardLesson[],
  schedule: readonly ScheduledPart[],
  now: number,
): Omit<BoardResponse, 'join'> {
  const people = room.members.map((member) => personOf(member, room, lessons, now));
  const present = people.filter(({ state }) => state !== 'away');
  const workingOn = middle(present.map(({ at }) => at).filter((at) => at > 0));
  const stuck = groupsOf(room, people, lessons);
  const pace = schedule.length > 0 && paceText(schedule, workingOn, room.beginsMs, now);
  return {
    headline: headlineOf(present, stuck, workingOn, lessons),
    ...(pace && { pace }),
    steps: stepsOf(present, lessons, workingOn || (schedule.find(({ step }) => step)?.step ?? 1)),
    stuck,
    people: people.toSorted(
      (a, b) =>
        Number(a.state === 'away') - Number(b.state === 'away') ||
        a.name.localeCompare(b.name, 'en', { numeric: true }),
    ),
  };
}

function personOf(member: Member, room: Room, lessons: readonly BoardLesson[], now: number): BoardPerson {
  const { number, report, seenMs, sinceMs } = member;
  const person = { number, name: nameOf(member, room) };
  const silent = minutesBetween(seenMs, now);
  const minutes = minutesBetween(sinceMs, now);
  if (!report) {
    const state = silent >= AWAY_AFTER_MIN ? 'away' : 'joined';
    return { ...person, at: 0, state, minutes };
  }
  const next = lessons.find((lesson) => lesson.number > report.step)?.number;
  const at = report.unmet === null ? (next ?? report.step + 1) : report.step;
  if (silent >= AWAY_AFTER_MIN) return { ...person, at, state: 'away', minutes: silent };
  if (report.unmet === null) return { ...person, at, state: next ? 'working' : 'finished', minutes };
  return { ...person, at, state: minutes >= STUCK_AFTER_MIN ? 'stuck' : 'failing', minutes };
}

/** The nickname, with the number if several people have chosen the same one. */
function nameOf({ nickname, number }: Member, { members }: Room): string {
  if (nickname === undefined) return `#${number}`;
  const isShared = members.some((other) => other.nickname === nickname && other.number !== number);
  return isShared ? `${nickname} #${number}` : nickname;
}

/** Whole minutes; 0 if the clock was set back. */
function minutesBetween(from: number, to: number): number {
  return Math.max(0, Math.floor((to - from) / MINUTE_MS));
}

/** The step that the person in the middle is working on: at least half of the room has reached it. 0 without people. */
function middle(steps: number[]): number {
  return steps.toSorted((a, b) => b - a)[Math.ceil(steps.length / 2) - 1] ?? 0;
}

/** `people` are in the order of the members. */
function groupsOf(
  { members }: Room,
  people: BoardPerson[],
  lessons: readonly BoardLesson[],
): BoardResponse['stuck'] {
  const groups = new Map<string, BoardResponse['stuck'][number]>();
  for (const [index, { state, number, minutes }] of people.entries()) {
    if (state !== 'stuck') continue;
    const { step, unmet } = members[index]!.report!;
    const lesson = lessons.find((each) => each.number === step);
    const expectation = lesson?.expectations[unmet! - 1] ?? 'The services start, and run.ts runs to the end';
    const group = groups.get(`${step} ${unmet}`) ?? { step, expectation, people: [] };
    groups.set(`${step} ${unmet}`, group);
    group.people.push({ number, minutes });
  }
  for (const group of groups.values()) group.people.sort((a, b) => b.minutes - a.minutes);
  return [...groups.values()].toSorted(
    (a, b) => b.people.length - a.people.length || b.people[0]!.minutes - a.people[0]!.minutes,
  );
}

function headlineOf(
  present: BoardPerson[],
  stuck: BoardResponse['stuck'],
  workingOn: number,
  lessons: readonly BoardLesson[],
): BoardResponse['headline'] {
  const count = present.length;
  const [largest] = stuck;
  if (largest && largest.people.length >= Math.max(2, count * MANY)) {
    const text = `${largest.people.length} of ${count} are stuck at step ${largest.step}`;
    return { text, detail: `Show it on the projector: ${largest.expectation}`, isAlarm: true };
  }
  if (count === 0) {
    return {
      text: 'Waiting for people to join',
      detail: 'Run the command in the folder of the workshop. It says what it sends, and asks you first.',
      isAlarm: false,
    };
  }
  const isAtStep = lessons.some(({ number }) => number === workingOn);
  const stuckCount = stuck.reduce((sum, { people }) => sum + people.length, 0);
  const detail = listed([
    count === 1 ? '1 person is here' : `${count} people are here`,
    ...(isAtStep ? [`${present.filter(({ at }) => at > workingOn).length} passed this step`] : []),
    `${stuckCount} ${stuckCount === 1 ? 'is' : 'are'} stuck`,
  ]);
  const otherwise =
    workingOn === 0 ? 'Waiting for the first check' : 'Half of the room has passed the last step';
  const text = isAtStep ? `The room is on step ${workingOn}` : otherwise;
  return { text, detail, isAlarm: false };
}

function stepsOf(
  present: BoardPerson[],
  lessons: readonly BoardLesson[],
  workingOn: number,
): BoardResponse['steps'] {
  const chapter = (lessons.find(({ number }) => number >= workingOn) ?? lessons.at(-1))?.chapter;
  return lessons
    .filter((lesson) => lesson.chapter === chapter)
    .map(({ number, title }) => {
      const here = present.filter(({ at }) => at === number);
      return {
        number,
        title,
        passed: present.filter(({ at }) => at > number).length,
        here: here.length,
        stuck: here.filter(({ state }) => state === 'stuck').length,
      };
    });
}

function paceText(
  schedule: readonly ScheduledPart[],
  workingOn: number,
  beginsMs: number,
  nowMs: number,
): NonNullable<BoardResponse['pace']> {
  const { now, behind } = paceOf(schedule, workingOn, (nowMs - beginsMs) / MINUTE_MS);
  const clock = (part: ScheduledPart, minutes: number) =>
    new Date(beginsMs + (part.startsAt + minutes) * MINUTE_MS).toTimeString().slice(0, 5);
  const text = behind > 0 ? `${behind} min behind` : behind < 0 ? `${-behind} min ahead` : 'On schedule';
  const plan = now
    ? `Now: ${now.title}, until ${clock(now, now.minutes)}`
    : nowMs < beginsMs
      ? `Begins at ${clock(schedule[0]!, 0)}`
      : `Ended at ${clock(schedule.at(-1)!, schedule.at(-1)!.minutes)}`;
  return { text, detail: plan, isBehind: behind > 0 };
}
