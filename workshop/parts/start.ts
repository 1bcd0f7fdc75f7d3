import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { messageOf, UserError } from '../errors.ts';
import { freePort } from '../net/ports.ts';
import type { Environment, Launch, Part } from './part.ts';
import { copySettings, type StepSettings } from './step-settings.ts';

/** A part that this process started. It stops when this process exits, even if this process is killed. */
export interface StartedPart {
  title: string;
  address: Environment;
  /** The process of the part itself. */
  pid: number;
  readyAfterMs: number;
  /** Resolves when it has exited, for any reason. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/** The folders of the part's programs and of its data; the default port is any free one. */
export interface StartOptions {
  binaries: string;
  folder: string;
  port?: number;
  /** The step's settings, for a part that has some. */
  settings?: StepSettings | undefined;
  signal?: AbortSignal | undefined;
}

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;
const SHOWN_LINES = 12;
const KEEPER = join(import.meta.dirname, 'keeper.mjs');

/**
 * Starts a part on loopback and waits until it is ready.
 * @throws UserError with the last lines of its log if it exits first, or isn't ready after 60 s
 */
export async function startPart(
  part: Part,
  { binaries, folder, port, settings, signal }: StartOptions,
): Promise<StartedPart> {
  const since = performance.now();
  const user = part.notAsRoot && process.getuid?.() === 0 ? await nobody() : {};
  await mkdir(folder, { recursive: true });
  const launch = {
    binaries,
    folder,
    port: port ?? (await freePort()),
    user,
    settings: join(folder, 'settings'),
    places: settings?.places ?? new Map<string, string>(),
  };
  for (const place of part.settings?.ownPlaces ?? [])
    settings?.places.set(place, `localhost:${await freePort()}`);
  if (part.settings) await copySettings(part.settings, settings, launch.settings);
  const { commands, env, address } = await part.launch(launch).catch((error) => {
    throw notStarted(part, launch, messageOf(error));
  });

  const logFile = join(folder, 'log.txt');
  const log = await open(logFile, 'w');
  const { stopSignal } = part;
  const keeper = spawn(process.execPath, [KEEPER, JSON.stringify({ commands, user, stopSignal })], {
    env,
    detached: true, // Ctrl-C in a terminal reaches the whole process group, but the services need the part until they exit
    windowsHide: true,
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
  });
  await log.close();
  const ended = once(keeper, 'exit').then(() => {});
  const started = once(keeper, 'message');
  const stop = async () => {
    if (keeper.connected) keeper.disconnect();
    await ended;
  };

  try {
    const [pid] = (await Promise.race([started, ended.then(() => [])])) as [number?];
    await ready(part, address, keeper, signal);
    return { title: part.title, address, pid: pid!, readyAfterMs: performance.now() - since, ended, stop };
  } catch (error) {
    await stop();
    signal?.throwIfAborted();
    const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-SHOWN_LINES);
    throw notStarted(part, launch, [messageOf(error), ...lines].join('\n  '));
  }
}

async function ready(
  part: Part,
  address: Environment,
  keeper: ChildProcess,
  signal: AbortSignal | undefined,
) {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while ((await part.probe(address)) !== 'ready') {
    signal?.throwIfAborted();
    if (keeper.exitCode !== null || keeper.signalCode !== null) throw new Error('it exited');
    if (performance.now() > deadline) throw new Error(`it was not ready after ${START_TIMEOUT_MS / 1_000} s`);
    await sleep(POLL_MS);
  }
}

function notStarted({ title }: Part, { folder, user }: Launch, why: string): UserError {
  const hint =
    user.uid === undefined
      ? ''
      : ` (because you are root, it runs as the user nobody, who needs access to ${folder}; to move that folder, set WORKSHOP_STATE)`;
  return new UserError(`${title} did not start${hint}: ${why}`);
}

async function nobody(): Promise<{ uid: number; gid: number }> {
  const id = async (flag: string) => Number((await promisify(execFile)('id', [flag, 'nobody'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}
