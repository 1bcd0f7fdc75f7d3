import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { paint } from '../command-line/color.ts';
import { ownerOf, releaseLock, takeLock } from '../lock.ts';
import { stateFolder } from '../settings.ts';

/** `onWaiting` is called once if another command is starting something; `signal` ends the wait. */
export interface TurnOptions {
  onWaiting?: () => void;
  signal?: AbortSignal | undefined;
}

const POLL_MS = 50;
const file = join(stateFolder, 'starting');

/** How many starts of this process share its turn. */
let starts = 0;

/**
 * Starts something while no other command of this workshop does, so that the second of two commands uses what the first
 * has started. Within one process, several can start at once.
 * @throws AbortError if the signal is aborted during the wait; other starts keep waiting
 */
export async function inTurn<Started>(
  start: () => Promise<Started>,
  { onWaiting, signal }: TurnOptions = {},
): Promise<Started> {
  await mkdir(stateFolder, { recursive: true }).catch(() => {});
  for (let attempt = 0; !(await hasTurn()); attempt++) {
    if (attempt === 1) onWaiting?.();
    await sleep(POLL_MS, undefined, { signal });
  }
  try {
    return await start();
  } finally {
    if (--starts === 0) await releaseLock(file);
  }
}

/** Whether a start can begin, which it then must. */
async function hasTurn(): Promise<boolean> {
  if (!(await takeLock(file)) && !((await ownerOf(file)) === process.pid && starts > 0)) return false;
  starts++; // at once, so that no other start of this process ends the turn in between
  return true;
}

/** For `onWaiting`: says it on stdout. */
export function sayWaiting(): void {
  console.log(paint('gray', 'Waiting for another command, which is starting services …'));
}
