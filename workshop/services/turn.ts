import { mkdir, link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../is-alive.ts';
import { stateFolder } from '../settings.ts';

/** `onWaiting` is called once if another command is starting something. */
export interface TurnOptions {
  onWaiting?: () => void;
  signal?: AbortSignal | undefined;
}

const POLL_MS = 50;
/** The file contains the id of the process whose turn it is. proper-lockfile would end the process on Ctrl-C. */
const file = join(stateFolder, 'starting');

let works = 0;
let turn: Promise<void> | undefined;

/**
 * Starts something while no other command of this workshop does, so that the second of two commands uses what the first
 * has started. Within one process, several can start at once.
 */
export async function inTurn<Started>(
  start: () => Promise<Started>,
  options: TurnOptions = {},
): Promise<Started> {
  works++;
  turn ??= takeTurn(options);
  try {
    await turn;
    return await start();
  } finally {
    if (--works === 0) {
      turn = undefined;
      if ((await owner()) === process.pid) await rm(file, { force: true });
    }
  }
}

async function takeTurn({ onWaiting, signal }: TurnOptions): Promise<void> {
  const draft = `${file}.${process.pid}`;
  try {
    await mkdir(stateFolder, { recursive: true });
    await writeFile(draft, String(process.pid));
  } catch {
    return; // the folder can't be written, so there are no turns
  }
  try {
    for (let attempt = 0; !(await linked(draft)); attempt++) {
      if (attempt === 0) onWaiting?.();
      await sleep(POLL_MS, undefined, { signal });
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Gives the draft the name that only one process can use, so that the others never see an empty file. Returns false if it
 * is in use, and true if the file system has no links, because then there are no turns.
 */
async function linked(draft: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return true;
    const pid = await owner();
    if (pid !== undefined && !isAlive(pid)) await rm(file, { force: true }); // it was killed
    return false;
  }
}

async function owner(): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number(text);
}
