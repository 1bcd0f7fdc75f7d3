/** An attendee's side of the board: joins, reports the results of checks, and leaves. */
import { rm } from 'node:fs/promises';
import { join as joinPaths } from 'node:path';
import { type CheckResult, readLesson } from '../check/check.ts';
import type { Course } from '../course/course.ts';
import { readState, writeState, type StateFile } from '../course/state-file.ts';
import { messageOf, UsageError, UserError } from '../errors.ts';
import { isNickname, type JoinRequest, type Report } from './protocol.ts';

const TIMEOUT_MS = 1_500; // a check must not wait longer

/** The board that this machine has joined. */
export interface Membership {
  /** The origin of its URL. */
  board: string;
  /** A random string that the board has chosen: it says nothing about the machine. */
  token: string;
}

const membershipFile: StateFile<Membership> = {
  name: 'membership.json',
  isContent(value): value is Membership {
    const { board, token } = (value ?? {}) as Partial<Membership>;
    return typeof board === 'string' && URL.canParse(board) && isToken(token);
  },
  withoutIt: 'this machine no longer belongs to a board',
};

function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{16,64}$/.test(value);
}

/** The board that this machine has joined; undefined if there is none. */
export function readMembership(course: Course): Promise<Membership | undefined> {
  return readState(membershipFile, course);
}

/** A board's URL, in the two parts that a request needs. */
export interface Invitation {
  board: string;
  code: string;
}

/**
 * Reads the URL that the board shows.
 * @throws UsageError if it isn't one
 */
export function readInvitation(text: string): Invitation {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const code = url?.pathname.slice(1) ?? '';
  if (url && /^https?:$/.test(url.protocol) && /^\w+$/.test(code)) return { board: url.origin, code };
  throw new UsageError(
    `"${text}" is not the URL of a board. Copy it from the board; it looks like http://192.0.2.10:3050/K7QMRT.`,
  );
}

/**
 * Checks a nickname, and returns it without spaces around it.
 * @throws UsageError if the board wouldn't accept it
 */
export function readNickname(text: string): string {
  const nickname = text.normalize('NFC').trim();
  if (isNickname(nickname)) return nickname;
  throw new UsageError('A nickname has 1 to 24 characters, without control characters.');
}

/**
 * Joins a board, and remembers it. On the board that this machine has joined before, it stays the same attendee; another
 * board is asked to forget this attendee.
 * @throws UserError if the board doesn't respond or refuses
 */
export async function joinBoard({ board, code }: Invitation, nickname: string | undefined, course: Course) {
  const earlier = await readMembership(course);
  const request: JoinRequest = { code, ...(nickname !== undefined && { nickname }) };
  const response = await send(board, 'join', request, earlier?.board === board ? earlier.token : undefined);
  if (!response)
    throw new UserError(`No board responds at ${board}: compare the URL with the one on the board.`);
  if (response.status === 404)
    throw new UserError(`The code "${code}" is not valid: use the URL that the board shows now.`);
  if (response.status === 503) throw new UserError(`The board at ${board} is full.`);
  const { token } = (await response.json().catch(() => ({}))) as { token?: unknown };
  if (!response.ok || !isToken(token))
    throw new UserError(`The board at ${board} refused the request with status ${response.status}.`);
  await writeState(membershipFile, { board, token }, course);
  if (earlier && earlier.board !== board) await send(earlier.board, 'leave', undefined, earlier.token);
}

/** Leaves the board: forgets it, and asks it to forget this attendee. Returns whether the board has. */
export async function leaveBoard({ board, token }: Membership, course: Course): Promise<boolean> {
  await forget(course);
  const response = await send(board, 'leave', undefined, token);
  return response?.status === 204 || response?.status === 401; // with 401, it knew nothing
}

/**
 * Sends the result of a check to the board that this machine has joined, if any. Takes at most 1.5 s and never rejects.
 * Returns a sentence if the board doesn't show the result.
 */
export async function reportCheck(result: CheckResult, course: Course): Promise<string | undefined> {
  if (result.inconclusive) return undefined;
  try {
    const membership = await readMembership(course);
    return membership && (await sendReport(membership, await reportOf(result, course), course));
  } catch (error) {
    return `The board does not get this result: ${messageOf(error)}`;
  }
}

/**
 * Returns a function that sends results as `reportCheck` does, while its caller goes on. `say` gets the reason if the board
 * doesn't show a result, but not the same one twice in a row.
 */
export function boardReporter(
  course: Course,
  say: (sentence: string) => void,
): (result: CheckResult) => void {
  let last: string | undefined;
  return (result) =>
    void reportCheck(result, course).then((problem) => {
      if (problem !== undefined && problem !== last) say(problem);
      last = problem;
    });
}

async function sendReport({ board, token }: Membership, found: Report, course: Course) {
  const response = await send(board, 'report', found, token);
  if (response?.ok) return undefined;
  if (response?.status === 401) {
    await forget(course);
    return `The board at ${board} no longer knows you. To join again, run npm run join with the URL that it shows now.`;
  }
  const why = response ? `refused this result with status ${response.status}` : 'does not respond';
  return `The board at ${board} ${why}; your check is not affected. To leave the board, run npm run join -- --leave.`;
}

/** What the board gets about a check: two numbers. */
async function reportOf({ step, outcomes }: CheckResult, { root }: Course): Promise<Report> {
  const { expectations } = await readLesson(joinPaths(root, 'steps', step));
  const unmet = outcomes.find(({ status }) => status === 'failed');
  // What failed before anything could be judged is not among the expectations of the lesson.
  const index = expectations.findIndex(({ expect }) => expect === unmet?.expect);
  return { step: Number(step.slice(0, 2)), unmet: unmet ? index + 1 : null };
}

async function forget({ state }: Course): Promise<void> {
  await rm(joinPaths(state, membershipFile.name), { force: true });
}

/** Undefined if the board doesn't respond in time. */
async function send(
  board: string,
  path: 'join' | 'report' | 'leave',
  body: JoinRequest | Report | undefined,
  token: string | undefined,
): Promise<Response | undefined> {
  return fetch(`${board}/${path}`, {
    method: 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  }).catch(() => undefined);
}
