import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UserError } from '../errors.ts';
import { type NeedingService, partsOf } from './all.ts';
import { lookFor } from './look.ts';
import type { Environment, Part } from './part.ts';
import { claim, folderOf, publish, release } from './running.ts';
import { startPart, type StartedPart } from './start.ts';

/** The parts that some services need, all of them running. */
export interface UsedParts {
  /** The variables that contain their addresses, for the services. */
  env: Environment;
  /** Stops those that this process started. */
  stop(): Promise<void>;
}

/** `onStarting` gets the title of a part that is about to be started. */
export interface UseOptions {
  onStarting?: (title: string) => void;
  onReady?: (part: StartedPart) => void;
  signal?: AbortSignal | undefined;
}

/**
 * Makes sure that the parts that some services need are running: uses those that are, and starts the others.
 * @throws UserError with what to do, if a part is missing or does not start; nothing is left running then
 */
export async function useParts(services: NeedingService[], options: UseOptions = {}): Promise<UsedParts> {
  const used: UsedParts[] = [];
  const stop = async () => {
    for (const each of used.toReversed()) await each.stop();
  };
  for (const part of partsOf(services)) {
    try {
      used.push(await usePart(part, options));
    } catch (error) {
      await stop();
      if (!(error instanceof UserError)) throw error;
      const needing = services.filter(({ needs }) => needs.includes(part.name)).map(({ name }) => name);
      const verb = needing.length === 1 ? 'needs' : 'need';
      throw new UserError(`${needing.join(' and ')} ${verb} ${part.title}: ${messageOf(error)}`);
    }
  }
  return { env: Object.assign({}, ...used.map(({ env }) => env)), stop };
}

/** Makes sure that one part is running. Throws UserError as `useParts` does. */
export async function usePart(part: Part, options: UseOptions = {}): Promise<UsedParts> {
  const found = await lookFor(part);
  if ('missing' in found) throw new UserError(found.missing);
  if ('address' in found) return { env: found.address, stop: async () => {} };

  options.onStarting?.(part.title);
  const running = await claim(part, options.signal);
  if (running) return { env: running, stop: async () => {} };
  let started: StartedPart | undefined;
  try {
    const folder = folderOf(part);
    if (part.forgets) await rm(join(folder, 'data'), { recursive: true, force: true });
    started = await startPart(part, { binaries: found.binaries, folder, signal: options.signal });
    const { address, ended, stop } = started;
    void ended.then(() => release(part));
    await publish(part, started);
    options.onReady?.(started);
    return { env: address, stop: () => stop().then(() => release(part)) };
  } catch (error) {
    await started?.stop();
    await release(part);
    throw error;
  }
}
