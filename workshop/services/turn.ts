import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { paint } from '../command-line/color.ts';
import { isAlive } from '../is-alive.ts';
import { stateFolder } from '../settings.ts';

/** `onWaiting` is called once if another command is starting something; `signal` ends the wait. */
export interface TurnOptions {
  onWaiting?: () => void;
  signal?: AbortSignal | undefined;
}

const POLL_MS = 50;
/** Longer than any start takes. After that, the id in the file may be that of a new process, as after a restart. */
const LONGEST_MS = 180_000;
/** The file contains the id of the process whose turn it is. proper-lockfile would end the process on Ctrl-C. */
const file = join(stateFolder, 'starting');

/** How many starts of this process share its turn. */
let starts = 0;
let drafts = 0;

/**
 * Starts something while no other command of this workshop does, so that the second of two commands uses what the first
 * has started. Within one process, several can start at once.
 * @throws AbortError if the signal is aborted during the wait; other starts keep waiting
 */
export async function inTurn<Started>(
  start: () => Promise<Started>,
  options: TurnOptions = {},
): Promise<Started> {
  await takeTurn(options);
  try {
    return await start();
  } finally {
    if (--starts === 0 && (await owner(file)) === process.pid) await rm(file, { force: true });
  }
}

/** For `onWaiting`: says it on stdout. */
export function sayWaiting(): void {
  console.log(paint('gray', 'Waiting for another command, which is starting services …'));
}

async function takeTurn({ onWaiting, signal }: TurnOptions): Promise<void> {
  const draft = `${file}.${process.pid}.${++drafts}`;
  await mkdir(stateFolder, { recursive: true }).catch(() => {});
  try {
    for (let attempt = 0; !(await hasTurn(draft)); attempt++) {
      if (attempt === 1) onWaiting?.();
      await sleep(POLL_MS, undefined, { signal });
    }
  } finally {
    await rm(draft, { force: true }).catch(() => {});
  }
}

/**
 * Whether a start can begin, which it then must. Gives the draft the name that only one process can use, so that the
 * others never see an empty file. If the folder can't be written, or the file system has no links, there are no turns.
 */
async function hasTurn(draft: string): Promise<boolean> {
  try {
    await writeFile(draft, String(process.pid));
    await link(draft, file);
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === 'EEXIST';
    if (isTaken && !((await owner(file)) === process.pid && starts > 0)) {
      if (await isLeft(file)) await removeLeft(draft);
      return false;
    }
  }
  starts++; // at once, so that no other start of this process ends the turn in between
  return true;
}

/**
 * Removes the file that a killed process has left. Only one process at a time does, and it looks again first: otherwise,
 * the slower of two would remove the file of the one whose turn it is by then.
 */
async function removeLeft(draft: string): Promise<void> {
  const remover = `${file}.remover`;
  try {
    await link(draft, remover);
  } catch {
    if (await isLeft(remover)) await rm(remover, { force: true });
    return;
  }
  if (await isLeft(file)) await rm(file, { force: true });
  await rm(remover, { force: true });
}

/** Whether a file was left by a process that was killed. */
async function isLeft(path: string): Promise<boolean> {
  const [pid, stats] = [await owner(path), await stat(path).catch(() => undefined)];
  return (
    pid !== undefined && stats !== undefined && (!isAlive(pid) || Date.now() - stats.mtimeMs > LONGEST_MS)
  );
}

/** The id of the process that has written a file. */
async function owner(path: string): Promise<number | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number(text);
}
