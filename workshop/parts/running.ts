import { readFileSync, rmSync } from 'node:fs';
import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../errors.ts';
import { isAlive } from '../is-alive.ts';
import { stateFolder } from '../settings.ts';
import type { Environment, Part } from './part.ts';
import type { StartedPart } from './start.ts';

/**
 * The file that lets the commands of one workshop share a part: who started it, and from the moment at which it is
 * ready its process and where it is.
 */
interface Entry {
  /** The process of the workshop that started it, and ends it. */
  owner: number;
  pid?: number;
  address?: Environment;
}

const POLL_MS = 50;
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;

/** The folder of the data of a part that the workshop starts. */
export function folderOf({ name }: Part): string {
  return join(stateFolder, 'parts', name);
}

/** Where a part is that a running command of this workshop has started; undefined if there is none. */
export async function runningOf(part: Part): Promise<Environment | undefined> {
  const entry = read(part);
  if (!entry?.address || !isAlive(entry.owner)) return undefined;
  return (await part.probe(entry.address)) === 'ready' ? entry.address : undefined;
}

/**
 * Lets only one process at a time start a part: claims it for this process, or waits until the process that is starting
 * it is done. Ends a part whose owner was killed.
 * @throws UserError if the other process takes too long
 * @returns the address where another process has started it meanwhile; undefined if this one has to start it
 */
export async function claim(part: Part, signal?: AbortSignal): Promise<Environment | undefined> {
  await mkdir(folderOf(part), { recursive: true });
  const draft = `${fileOf(part)}.${process.pid}`;
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      await writeFile(draft, JSON.stringify({ owner: process.pid }));
      await link(draft, fileOf(part)); // fails if the file exists, and shows it to others only when it is complete
      return undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      await rm(draft, { force: true });
    }
    const running = await runningOf(part);
    if (running) return running;
    const entry = read(part);
    if (!entry || !isAlive(entry.owner)) await endLeftover(part, entry);
    else if (performance.now() < deadline) await sleep(POLL_MS, undefined, { signal });
    else {
      throw new UserError(
        `process ${entry.owner} has started ${part.title}, which doesn't respond: stop that process first.`,
      );
    }
  }
}

/** Tells the other commands of this workshop where a part is. */
export async function publish(part: Part, { pid, address }: StartedPart): Promise<void> {
  const entry: Entry = { owner: process.pid, pid, address };
  await writeFile(`${fileOf(part)}.new`, JSON.stringify(entry), { mode: 0o600 });
  await rename(`${fileOf(part)}.new`, fileOf(part));
}

/** Lets others start a part that this process claimed, and that has ended or did not start. */
export async function release(part: Part): Promise<void> {
  if (read(part)?.owner === process.pid) await rm(fileOf(part), { force: true });
}

/**
 * Ends a part that was left running, or waits until its keeper has. It gets a signal only if it is ready: otherwise its
 * process id may be that of another program by now.
 */
async function endLeftover(part: Part, entry: Entry | undefined): Promise<void> {
  const { pid, address } = entry ?? {};
  if (pid && address) {
    const deadline = performance.now() + STOP_TIMEOUT_MS;
    if ((await part.probe(address)) === 'ready') {
      try {
        process.kill(pid, part.stopSignal);
      } catch {
        // it has ended meanwhile
      }
    }
    while (isAlive(pid) && performance.now() < deadline) await sleep(POLL_MS);
  }
  if (isDeepStrictEqual(read(part), entry)) rmSync(fileOf(part), { force: true });
}

function fileOf(part: Part): string {
  return join(folderOf(part), 'running.json');
}

function read(part: Part): Entry | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(part), 'utf8')) as Entry;
  } catch {
    return undefined; // there is none, or it is damaged
  }
}
