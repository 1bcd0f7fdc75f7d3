import { readFileSync } from 'node:fs';
import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../errors.ts';
import { isAlive } from '../is-alive.ts';
import { stateFolder } from '../settings.ts';
import { parsedObject } from '../net/parsed.ts';
import type { Environment, Part } from './part.ts';
import type { StartedPart } from './start.ts';

/** The content of the file through which the commands of one workshop share a part. */
interface Entry {
  /** The process that starts the part and stops it. */
  owner: number;
  /** The process of the part and its address, once it is ready. */
  pid?: number;
  address?: Environment;
}

const POLL_MS = 50;
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;

/** The data folder of a part that the workshop starts. */
export function folderOf({ name }: Part): string {
  return join(stateFolder, 'parts', name);
}

/** The addresses of parts that only this process uses, by the names of the parts. */
const ownAddresses = new Map<string, Environment>();

/** Makes `runningOf` find a part that only this process uses. Returns a function that undoes this. */
export function keepOwn({ name }: Part, address: Environment): () => void {
  ownAddresses.set(name, address);
  return () => void ownAddresses.delete(name);
}

/** The address of a part that this process or a running command of this workshop started; undefined if there is none. */
export async function runningOf(part: Part): Promise<Environment | undefined> {
  const address = publishedAddress(part);
  if (!address || ownAddresses.has(part.name)) return address;
  return (await part.probe(address)) === 'ready' ? address : undefined;
}

/** The same address, without looking whether the part responds there. */
export function publishedAddress(part: Part): Environment | undefined {
  const entry = read(part);
  const started = entry && isAlive(entry.owner) ? entry.address : undefined;
  return ownAddresses.get(part.name) ?? started;
}

/**
 * Claims a part, so that only one process at a time starts it; or waits until the process that claimed it has started
 * it. Stops a part whose owner was killed.
 * @returns the address if another process has started it; undefined if this one has to start it
 * @throws UserError if the other process takes too long
 */
export async function claim(part: Part, signal?: AbortSignal): Promise<Environment | undefined> {
  await mkdir(folderOf(part), { recursive: true });
  const draft = `${fileOf(part)}.${process.pid}`;
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      await writeFile(draft, JSON.stringify({ owner: process.pid }));
      await link(draft, fileOf(part)); // fails if the file exists; others never see it incomplete
      return undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      await rm(draft, { force: true });
    }
    const running = await runningOf(part);
    if (running) return running;
    const entry = read(part);
    if (!entry || !isAlive(entry.owner)) await stopLeftover(part, entry);
    else if (performance.now() < deadline) await sleep(POLL_MS, undefined, { signal });
    else {
      throw new UserError(
        `process ${entry.owner} started ${part.title}, but it isn't responding: stop that process first.`,
      );
    }
  }
}

/** Makes the address of a part that this process claimed available to the other commands of this workshop. */
export async function publish(
  part: Part,
  { pid, address }: Pick<StartedPart, 'pid' | 'address'>,
): Promise<void> {
  const entry: Entry = { owner: process.pid, pid, address };
  await writeFile(`${fileOf(part)}.new`, JSON.stringify(entry), { mode: 0o600 });
  await rename(`${fileOf(part)}.new`, fileOf(part));
}

/** Gives up the claim, so that others can start the part. */
export async function release(part: Part): Promise<void> {
  if (read(part)?.owner === process.pid) await rm(fileOf(part), { force: true });
}

/**
 * Stops a part that was left running, or waits until its keeper has stopped it. A part that isn't ready gets no signal,
 * because another program may have its process id by now.
 */
async function stopLeftover(part: Part, entry: Entry | undefined): Promise<void> {
  const { pid, address } = entry ?? {};
  if (pid && address) {
    const deadline = performance.now() + STOP_TIMEOUT_MS;
    if ((await part.probe(address)) === 'ready') {
      try {
        process.kill(pid, part.stopSignal);
      } catch {
        // it has exited meanwhile
      }
    }
    while (isAlive(pid) && performance.now() < deadline) await sleep(POLL_MS);
  }
  await forget(part, entry);
}

/**
 * Deletes an entry, if the file still contains it; undefined is a damaged one. One process at a time does that, because
 * between looking and deleting, another one could delete the entry and claim the part. If there is no file, nothing is
 * deleted, because a file that appears meanwhile is the claim of another process.
 */
async function forget(part: Part, entry: Entry | undefined): Promise<void> {
  const lock = `${fileOf(part)}.lock`;
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (!isAlive(ownerOf(lock))) await rm(lock, { force: true });
    return sleep(POLL_MS); // the caller looks again
  }
  try {
    const text = textIn(fileOf(part));
    if (text !== undefined && isDeepStrictEqual(parsedObject(text), entry))
      await rm(fileOf(part), { force: true });
  } finally {
    await rm(lock, { force: true });
  }
}

/** The process that created a lock; the current one if it has just been removed or isn't written yet. */
function ownerOf(lock: string): number {
  return Number(textIn(lock)) || process.pid;
}

function fileOf(part: Part): string {
  return join(folderOf(part), 'running.json');
}

/** Undefined if there is no entry, or it is damaged. */
function read(part: Part): Entry | undefined {
  return parsedObject(textIn(fileOf(part)) ?? '') as Entry | undefined;
}

function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // it doesn't exist
  }
}
