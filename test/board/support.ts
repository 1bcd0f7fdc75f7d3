import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newRoom, type Room, saver } from '#workshop/board/room';
import { type Board, startBoard } from '#workshop/board/server';
import { type CheckResult, readLesson } from '#workshop/check/check';
import { openCourse } from '#workshop/course/course';
import { findStep } from '#workshop/course/list';
import { projectFolder } from '#workshop/settings';
import { temporaryFolder } from '../support/environment.ts';

export const MINUTE_MS = 60_000;

/** Ten steps with two expectations each; the last two are another chapter. */
export const lessons = Array.from({ length: 10 }, (_, index) => ({
  number: index + 1,
  title: `Title ${index + 1}`,
  chapter: index < 8 ? 0 : 1,
  expectations: ['The first is met', 'The second is met'],
}));

/** An address of this machine that isn't that of the page. macOS has no such address. */
export const otherAddress = process.platform === 'darwin' ? undefined : '127.0.0.2';

/** A board with a state folder of its own; closed when the test is over. */
export async function boardFor(t: { after(end: () => unknown): void }, room: Room = newRoom(Date.now())) {
  const course = openCourse(projectFolder, await temporaryFolder(t));
  const save = saver(room, course);
  const board: Board = await startBoard({ room, save, lessons, schedule: [], port: 0, host: otherAddress });
  t.after(board.close);
  const { origin } = new URL(board.joinUrl);

  /** Sends a request to the address for attendees. */
  const post = (path: string, body?: unknown, token?: string, headers: Record<string, string> = {}) =>
    fetch(`${origin}/${path}`, {
      method: 'POST',
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  return {
    board,
    room,
    course,
    save,
    post,
    async join(nickname?: string): Promise<string> {
      const response = await post('join', { code: room.code, ...(nickname && { nickname }) });
      return ((await response.json()) as { token: string }).token;
    },
    stored: async () => JSON.parse(await readFile(join(course.state, 'board.json'), 'utf8')) as Room,
  };
}

/** The result of a check of a step in which an expectation, numbered from 0, isn't met. */
export async function resultOf(number: number, failed: number): Promise<CheckResult> {
  const { name, folder } = await findStep(String(number));
  const { expectations } = await readLesson(folder);
  const outcomes = expectations.map(({ expect }, index) => ({
    expect,
    status: index < failed ? ('met' as const) : index === failed ? ('failed' as const) : ('open' as const),
  }));
  return { step: name, regression: false, done: '', outcomes, passed: false, inconclusive: false };
}
