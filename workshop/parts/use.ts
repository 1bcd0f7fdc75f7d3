import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, UserError } from '../errors.ts';
import { type NeedingService, partsOf } from './all.ts';
import { lookFor } from './look.ts';
import type { Environment, Part } from './part.ts';
import { claim, folderOf, keepOwn, publish, release } from './running.ts';
import { startPart, type StartedPart } from './start.ts';
import { copySettings, type StepSettings } from './step-settings.ts';
import { listed } from '../listed.ts';

/** The parts that some services need, all of them running. */
export interface UsedParts {
  /** The variables that contain their addresses, for the services. */
  env: Environment;
  /**
   * Makes those that this process started read the step's settings again; returns their titles.
   * @throws UserError if one refuses them
   */
  reload(): Promise<string[]>;
  /** Stops those that this process started. */
  stop(): Promise<void>;
}

/** `onStarting` gets the title of a part that is about to be started. */
export interface UseOptions {
  onStarting?: (title: string) => void;
  onReady?: (part: StartedPart) => void;
  /** What the parts that have settings are started with. Without it, they are left out. */
  settings?: StepSettings | undefined;
  /**
   * Whether to start parts for this process alone: those that have settings even if another command has started them, for
   * services at other ports; others only if they aren't running yet, and keep nothing that the next start needs.
   */
  ownInstances?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Makes sure that the parts that some services need are running: uses those that are, and starts the others.
 * @throws UserError with what to do, if a part is missing or does not start; in that case, nothing is left running
 */
export async function useParts(services: NeedingService[], options: UseOptions = {}): Promise<UsedParts> {
  const used: UsedParts[] = [];
  const stop = async () => {
    for (const each of used.toReversed()) await each.stop();
  };
  for (const part of partsOf(services)) {
    if (part.settings && !options.settings) continue;
    try {
      const one = await usePart(part, options);
      used.push(one);
      const { host, port } = part.place(one.env);
      if (part.settings) options.settings?.places.set(part.settings.usualPlace, `${host}:${port}`);
    } catch (error) {
      await stop();
      if (!(error instanceof UserError)) throw error;
      const needing = services.filter(({ needs }) => needs.includes(part.name)).map(({ name }) => name);
      const verb = needing.length === 1 ? 'needs' : 'need';
      throw new UserError(`${listed(needing)} ${verb} ${part.title}: ${messageOf(error)}`);
    }
  }
  return {
    env: Object.assign({}, ...used.map(({ env }) => env)),
    reload: async () => (await Promise.all(used.map((each) => each.reload()))).flat(),
    stop,
  };
}

/** Makes sure that one part is running. Throws UserError as `useParts` does. */
export async function usePart(part: Part, options: UseOptions = {}): Promise<UsedParts> {
  const isAlone = options.ownInstances === true && (part.settings !== undefined || part.forgets);
  const found = await lookFor(part, { ownInstance: isAlone && part.settings !== undefined });
  if ('missing' in found) throw new UserError(found.missing);
  if ('address' in found) return notOurs(found.address);

  options.onStarting?.(part.title);
  if (isAlone) return startOwn(part, found.binaries, options);
  const running = await claim(part, options.signal);
  if (running) return notOurs(running);
  let started: StartedPart | undefined;
  try {
    const folder = folderOf(part);
    if (part.forgets) await rm(join(folder, 'data'), { recursive: true, force: true });
    const { settings, signal } = options;
    started = await startPart(part, { binaries: found.binaries, folder, settings, signal });
    void started.ended.then(() => release(part));
    await publish(part, started);
    options.onReady?.(started);
    const { binaries } = found;
    return ours(part, { ...started, binaries, folder, settings, afterwards: () => release(part) });
  } catch (error) {
    await started?.stop();
    await release(part);
    throw error;
  }
}

function notOurs(env: Environment): UsedParts {
  return { env, reload: async () => [], stop: async () => {} };
}

/** Starts a part that only this process uses, with a folder that is removed when it stops. */
async function startOwn(part: Part, binaries: string, options: UseOptions): Promise<UsedParts> {
  const { settings, signal, onReady } = options;
  const folder = await mkdtemp(join(tmpdir(), `workshop-${part.name}-`));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const started = await startPart(part, { binaries, folder, settings, signal });
    onReady?.(started);
    const forget = part.settings ? keepOwn(part, started.address) : () => {}; // its pages are asked for values
    const afterwards = async () => {
      forget();
      await remove();
    };
    return ours(part, { ...started, binaries, folder, settings, afterwards });
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A part that this process started in a folder; `afterwards` is called when it has stopped. */
interface Ours extends StartedPart {
  binaries: string;
  folder: string;
  settings: StepSettings | undefined;
  afterwards: () => Promise<void>;
}

function ours(part: Part, one: Ours): UsedParts {
  return {
    env: one.address,
    reload: () => reload(part, one),
    stop: () => one.stop().then(one.afterwards),
  };
}

async function reload(part: Part, { folder, settings: stepSettings, ...running }: Ours): Promise<string[]> {
  if (!part.settings) return [];
  try {
    const settings = join(folder, 'settings');
    await copySettings(part.settings, stepSettings, settings);
    await part.settings.reload({ ...running, settings });
    return [part.title];
  } catch (error) {
    throw new UserError(`${part.title} keeps its old settings: ${messageOf(error)}`);
  }
}
