/** npm run board: shows the class at a glance: who is working on which step, and who is stuck. */
import { networkInterfaces } from 'node:os';
import { readDeck } from '#tools/slides/read';
import { schedules } from '#tools/slides/model';
import { scheduleNamed, slotsOf } from '#tools/slides/schedule';
import { readLessons } from '../board/lessons.ts';
import type { ScheduledPart } from '../board/pace.ts';
import { newRoom, readRoom, saver } from '../board/room.ts';
import { startBoard } from '../board/server.ts';
import { aborted, interruption } from '../command-line/interruption.ts';
import { main, readCommandLine } from '../command-line/main.ts';
import { openCourse } from '../course/course.ts';
import { UsageError, UserError } from '../errors.ts';
import { PortInUseError } from '../net/loopback.ts';
import { portUsedText } from '../net/port-owner.ts';
import { portFrom } from '../settings.ts';
import { counted } from '../trace/numbers.ts';

const help = `
npm run board [-- --host ADDRESS] [--schedule NAME] [--begins HH:MM] [--new-code]

Serves a page for the instructor: which step each person is working on, who is stuck at which expectation and for how long,
and whether the class is on schedule. Attendees join it with npm run join. Without --host, only this machine can join.

  --host ADDRESS    also listen on this address of this machine, so that others on its network can join. They can't open the
                    page, which is for this machine only
  --schedule NAME   compare the room with a schedule of the talk: ${Object.keys(schedules).join(', ')}
  --begins HH:MM    when the schedule begins; the default is when the board was started with a new code
  --new-code        start with an empty room and a new code, for a new class or because someone misuses the old code
  --help            this text

  BOARD_PORT        the port (default 3050)

The room is kept in .workshop/board.json, so that you can restart the board. Ctrl-C stops it.
`;

await main(async () => {
  const { values } = readCommandLine({
    help,
    options: {
      host: { type: 'string' },
      schedule: { type: 'string' },
      begins: { type: 'string' },
      'new-code': { type: 'boolean' },
    },
  });
  const host = values.host === undefined ? undefined : checkedHost(values.host);
  const schedule = values.schedule === undefined ? [] : await readSchedule(values.schedule);
  const course = openCourse();
  const kept = values['new-code'] ? undefined : await readRoom(course);
  const room = kept ?? newRoom(Date.now());
  if (values.begins !== undefined) room.beginsMs = timeToday(values.begins);

  const save = saver(room, course);
  const port = portFrom('BOARD_PORT', 3050);
  const board = await startBoard({ room, save, lessons: await readLessons(), schedule, port, host }).catch(
    async (error: unknown) => {
      if (!(error instanceof PortInUseError)) throw error;
      throw new UserError(await portUsedText(port, 'BOARD_PORT'));
    },
  );
  await save();

  if (kept && kept.members.length > 0) {
    console.log(
      `${counted(kept.members.length, 'attendee')} joined before. To begin with an empty room, add --new-code.`,
    );
  }
  console.log(
    host === undefined
      ? `Only this machine can join. To let others join, add --host with one of its addresses${someAddresses()}.`
      : `The board listens on ${host}, port ${port}: every machine on that network can send it a nickname, a step, and an expectation, unencrypted.`,
  );
  console.log(`The page for your second screen is ${board.pageUrl} (on this machine only).`);
  console.log(`People join with: npm run join -- ${board.joinUrl}`);
  await aborted(interruption.signal);
  await board.close();
  await save();
});

/** The addresses of this machine that others on its networks can use in a URL. */
function addresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address);
}

function someAddresses(): string {
  const all = addresses();
  return all.length > 0 ? `: ${all.join(', ')}` : '';
}

/** An address that attendees can reach; not 0.0.0.0, which opens every network and can't be part of a URL. */
function checkedHost(text: string): string {
  if (addresses().includes(text)) return text;
  const known = addresses().join(' or ');
  throw new UsageError(
    `--host needs an address of this machine that others can reach${known ? `: ${known}` : ', but it has none at the moment'}.`,
  );
}

async function readSchedule(words: string): Promise<ScheduledPart[]> {
  const name = scheduleNamed(words);
  if (!name) {
    const known = Object.keys(schedules).join(', ');
    throw new UsageError(`There is no schedule "${words}". The schedules are ${known}.`);
  }
  const deck = await readDeck();
  const steps = new Map(deck.chapters.map(({ title, step }) => [title, step?.number]));
  return slotsOf(deck, name).map(({ startsAt, minutes, title }) => {
    const step = steps.get(title);
    return { startsAt, minutes, title, ...(step !== undefined && { step }) };
  });
}

/** A time of today, in ms since 1970. */
function timeToday(text: string): number {
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hours === undefined) throw new UsageError(`--begins needs a time such as 9:30, not "${text}".`);
  return new Date().setHours(Number(hours), Number(minutes), 0, 0);
}
