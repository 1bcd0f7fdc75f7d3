/** The people who have joined the board, and what their last checks found. All times are those of the board's clock. */
import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { Course } from '../course/course.ts';
import { readState, writeState, type StateFile } from '../course/state-file.ts';
import { CODE_LENGTH, codeCharacters, type JoinRequest, type Report } from './protocol.ts';

/** An attendee. Times are in ms since 1970. */
export interface Member {
  /** The board doesn't store the token itself, so that people who read the file can't report for others. */
  tokenHash: string;
  /** Attendees are numbered in the order in which they joined. */
  number: number;
  nickname?: string;
  /** Missing before the first check. */
  report?: Report;
  /** When something last arrived. */
  seenMs: number;
  /** Since when the report has been the same; without one, when the attendee joined. */
  sinceMs: number;
}

export interface Room {
  code: string;
  /** When the schedule begins, in ms since 1970. */
  beginsMs: number;
  members: Member[];
}

const MOST_MEMBERS = 300; // more than in any workshop; bounds what a stolen code can do

/** An empty room with a new code. */
export function newRoom(now: number): Room {
  const character = () => codeCharacters[randomInt(codeCharacters.length)]!;
  return { code: Array.from({ length: CODE_LENGTH }, character).join(''), beginsMs: now, members: [] };
}

/** Whether this is the code of the room; case doesn't matter. */
export function isCode(room: Room, code: string): boolean {
  return timingSafeEqual(hashed(code.toUpperCase()), hashed(room.code));
}

/**
 * Adds a member, and returns the token; undefined if the room is full. A member who joins again with the earlier token keeps
 * it, and only changes the nickname.
 */
export function join(
  room: Room,
  { nickname }: JoinRequest,
  earlierToken: string,
  now: number,
): string | undefined {
  const earlier = memberWith(room, earlierToken);
  if (!earlier && room.members.length >= MOST_MEMBERS) return undefined;
  const token = earlier ? earlierToken : randomBytes(16).toString('base64url');
  const member: Member = earlier ?? {
    tokenHash: hashed(token).toString('hex'),
    number: Math.max(0, ...room.members.map(({ number }) => number)) + 1,
    seenMs: now,
    sinceMs: now,
  };
  if (nickname === undefined) delete member.nickname;
  else member.nickname = nickname.trim();
  if (!earlier) room.members.push(member);
  return token;
}

/** Stores what a member's check found. */
export function report(member: Member, found: Report, now: number): void {
  const { step, unmet } = found;
  const isSame = member.report?.step === step && member.report.unmet === unmet;
  if (!isSame) member.sinceMs = now;
  member.report = { step, unmet };
  member.seenMs = now;
}

/** The member with a token; undefined if there is none. */
export function memberWith(room: Room, token: string): Member | undefined {
  const hash = hashed(token).toString('hex');
  return room.members.find(({ tokenHash }) => tokenHash === hash);
}

/** Removes a member. */
export function leave(room: Room, member: Member): void {
  room.members.splice(room.members.indexOf(member), 1);
}

function hashed(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function isMember(value: unknown): value is Member {
  const { tokenHash, number, nickname, report: last, seenMs, sinceMs } = (value ?? {}) as Partial<Member>;
  return (
    typeof tokenHash === 'string' &&
    ['string', 'undefined'].includes(typeof nickname) &&
    [number, seenMs, sinceMs].every(isNumber) &&
    (last === undefined || (isNumber(last?.step) && (last.unmet === null || isNumber(last.unmet))))
  );
}

function isNumber(value: unknown): boolean {
  return Number.isFinite(value);
}

const roomFile: StateFile<Room> = {
  name: 'board.json',
  isContent(value): value is Room {
    const { code, beginsMs, members } = (value ?? {}) as Partial<Room>;
    return (
      typeof code === 'string' && isNumber(beginsMs) && Array.isArray(members) && members.every(isMember)
    );
  },
  withoutIt: 'the board starts with an empty room and a new code',
};

/** The room as it was saved last; undefined if there is none. A damaged file is renamed, and stderr says so. */
export function readRoom(course: Course): Promise<Room | undefined> {
  return readState(roomFile, course);
}

/**
 * Returns a function that saves the room and never rejects; stderr says so if the file can't be written. There is one write
 * at a time: what changes during a write is in the next one.
 */
export function saver(room: Room, course: Course): () => Promise<void> {
  let last = Promise.resolve();
  let isWaiting = false;
  return () => {
    if (isWaiting) return last;
    isWaiting = true;
    last = last
      .then(() => {
        isWaiting = false;
        return writeState(roomFile, room, course);
      })
      .catch((error: Error) => console.error(`The board can't be saved: ${error.message}`));
    return last;
  };
}
