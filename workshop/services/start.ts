import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { UserError } from '../errors.ts';
import { refusalIn } from '../parts/all.ts';
import { stateFolder } from '../settings.ts';
import { printable } from '../trace/terminal-text.ts';
import { environmentOf, isTraced, type Service } from './definition.ts';

/** A service that this process started. `stop` lets it finish what it does, for `graceMs` (3 s) at most. */
export interface RunningService {
  service: Service;
  /** How long it took to start: on a machine that is busy or slow, whatever it does next takes long too. */
  readyAfterMs: number;
  /** Resolves when the process has ended, however it ended. */
  ended: Promise<void>;
  stop(graceMs?: number): Promise<void>;
}

/** A part refuses what a service wants, and will go on doing so. */
export class PartRefusedError extends UserError {}

/** How a service is started. `ports` are those of all services of the step; `onLine` hears each line that it prints. */
export interface StartOptions {
  ports: ReadonlyMap<string, number>;
  /** Other variables for it, such as where the parts are. */
  env: Record<string, string>;
  onLine?: (line: string) => void;
  /** Whether what it prints is kept in its log file too; it is if not said otherwise. */
  keepLog?: boolean;
  signal?: AbortSignal;
}

const READY_TIMEOUT_MS = 60_000; // thirty laptops differ: importing the SDK takes one second here, twenty on a busy one
const STOP_TIMEOUT_MS = 3_000; // one second more than a service takes at most by itself
const SHOWN_LINES = 12;
/** Lines of a stack that lead through other people's code, between which the one that says it all would be lost. */
const FRAMES_OF_OTHERS = /^\s+at .*(?:node:|node_modules)/;

/** The file that holds what a service printed since it was last started. */
export function logFileOf(service: Service): string {
  return join(stateFolder, 'logs', `${service.name}.log`);
}

/**
 * Starts a service and waits until it says that it is ready.
 * @throws PartRefusedError; UserError when it ends before that, the last lines that it printed below the sentence, or is
 * not ready after 60 s
 */
export async function startService(service: Service, options: StartOptions): Promise<RunningService> {
  const log = options.keepLog === false ? undefined : await openLog(service);
  const since = performance.now();
  const child = spawnService(service, options);
  let isReady = false;
  let refusal: string | undefined; // of a part: the service would try again and again until the timeout
  const lastLines: string[] = [];
  const ended = endOf(child);

  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface({ input: stream }).on('line', (line) => {
      log?.write(`${line}\n`);
      options.onLine?.(line);
      refusal ??= refusalIn(service, line);
      if (refusal && !isReady) child.kill('SIGKILL');
      if (FRAMES_OF_OTHERS.test(line)) return;
      lastLines.push(line);
      lastLines.splice(0, lastLines.length - SHOWN_LINES);
    });
  }

  const running = {
    service,
    ended,
    async stop(graceMs = STOP_TIMEOUT_MS) {
      await stop(child, ended, graceMs);
      if (log) await finished(log.end()).catch(() => {});
    },
  };

  try {
    await ready(child, options.signal);
    isReady = true;
    return { ...running, readyAfterMs: performance.now() - since };
  } catch (reason) {
    child.kill('SIGKILL'); // it may not listen to us yet
    await running.stop();
    if (refusal) throw new PartRefusedError(`${service.name} cannot start: ${refusal}`);
    const printed = lastLines.map((line) => `\n  ${printable(line)}`).join('');
    throw new UserError(`${service.name} ${(reason as Error).message}.${printed}`);
  }
}

async function openLog(service: Service): Promise<WriteStream> {
  await mkdir(join(stateFolder, 'logs'), { recursive: true });
  const log = createWriteStream(logFileOf(service));
  log.on('error', () => {}); // a log that cannot be written is no reason to fail
  return log;
}

/** The rule of the workshop: a service is main.ts, started with its tracing.ts loaded first if it has one. */
function spawnService(service: Service, { ports, env }: StartOptions): ChildProcess {
  const tracing = isTraced(service) ? ['--import', './tracing.ts'] : [];
  return spawn(process.execPath, ['--import', import.meta.resolve('tsx'), ...tracing, 'main.ts'], {
    cwd: service.folder,
    env: { ...process.env, ...environmentOf(service, ports), ...env },
    // The channel tells us that it is ready, and tells it that we are gone, which signals cannot do on Windows.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

/** Resolves when the process has ended and all that it printed was read. ('close' would not come after disconnect().) */
async function endOf(child: ChildProcess): Promise<void> {
  const exit = new Promise<void>((resolve) =>
    child.once('exit', () => resolve()).once('error', () => resolve()),
  );
  await Promise.allSettled([exit, finished(child.stdout!), finished(child.stderr!)]);
}

function ready(child: ChildProcess, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () =>
        reject(
          new Error(
            `was not ready after ${READY_TIMEOUT_MS / 1_000} s: it loops, waits for something, or the machine is too busy`,
          ),
        ),
      READY_TIMEOUT_MS,
    );
    const settle = (error?: Error) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve();
    };
    child.once('message', () => settle());
    child.once('error', (error) => settle(new Error(`could not be started: ${error.message}`)));
    child.once('exit', (code, by) =>
      settle(new Error(`ended before it was ready (${by ?? `status ${code}`})`)),
    );
    const stopped = () => settle(new Error('was stopped before it was ready'));
    if (signal?.aborted) stopped();
    signal?.addEventListener('abort', stopped, { once: true });
  });
}

async function stop(child: ChildProcess, ended: Promise<void>, graceMs: number): Promise<void> {
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(timer);
}
