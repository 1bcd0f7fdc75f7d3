import { readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import { isAlive } from '../is-alive.ts';
import { releaseLock, takeLock } from '../lock.ts';
import { stateFolder } from '../settings.ts';
import { parsedObject } from '../net/parsed.ts';
import type { Environment, Part } from './part.ts';
import type { StartedPart } from './start.ts';

/** The content of the file through which the commands of one workshop share a part. */
interface Entry {
  /** The process that started the part and stops it. */
  owner: number;
  /** The process of the part. */
  pid: number;
  address: Environment;
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
 * Starts a part while no other process starts it, unless another process has started it before. Stops a part whose owner
 * was killed.
 * @returns the address if another process has started it, or else what `start` returns
 * @throws UserError if the part of the other process doesn't respond
 */
export async function startOnce<Started>(
  part: Part,
  start: () => Promise<Started>,
  signal?: AbortSignal,
): Promise<Started | { address: Environment }> {
  await mkdir(folderOf(part), { recursive: true });
  const lock = join(folderOf(part), 'starting');
  while (!(await takeLock(lock))) await sleep(POLL_MS, undefined, { signal });
  try {
    const address = await awaitRunning(part, signal);
    return address ? { address } : await start();
  } finally {
    await releaseLock(lock);
  }
}

/** The address of a part that another process has started; undefined if there is none, or none anymore. */
async function awaitRunning(part: Part, signal?: AbortSignal): Promise<Environment | undefined> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const running = await runningOf(part);
    if (running) return running;
    const entry = read(part);
    if (!entry || !isAlive(entry.owner)) {
      await stopLeftover(part, entry);
      return undefined;
    }
    if (performance.now() > deadline) {
      throw new UserError(
        `process ${entry.owner} started ${part.title}, but it isn't responding: stop that process first.`,
      );
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** Makes the address of a part that this process started available to the other commands of this workshop. */
export async function publish(
  part: Part,
  { pid, address }: Pick<StartedPart, 'pid' | 'address'>,
): Promise<void> {
  const entry: Entry = { owner: process.pid, pid, address };
  await writeFile(`${fileOf(part)}.new`, JSON.stringify(entry), { mode: 0o600 });
  await rename(`${fileOf(part)}.new`, fileOf(part));
}

/** Withdraws that address, so that others can start the part. */
export async function withdraw(part: Part): Promise<void> {
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
  await rm(fileOf(part), { force: true });
}

function fileOf(part: Part): string {
  return join(folderOf(part), 'running.json');
}

/** Undefined if there is no entry, or it is damaged. */
function read(part: Part): Entry | undefined {
  try {
    return parsedObject(readFileSync(fileOf(part), 'utf8')) as Entry | undefined;
  } catch {
    return undefined; // it doesn't exist
  }
}
