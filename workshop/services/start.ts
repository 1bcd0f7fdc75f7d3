import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { isOthersFrame, UserError } from '../errors.ts';
import { refusalIn } from '../parts/all.ts';
import { stateFolder } from '../settings.ts';
import { printable } from '../trace/terminal-text.ts';
import { environmentOf, hostOf, isTraced, type Service } from './definition.ts';
import { filesIn } from './files-in.ts';

/** A service that this process started. `stop` gives it `graceMs`, 3 s by default, to finish. */
export interface RunningService {
  service: Service;
  /** The id of its process. */
  pid: number;
  /** The state of its files when it was started, as `filesIn` returns it. */
  files: string;
  /** How long it took to start, which shows how busy or slow the machine is. */
  readyAfterMs: number;
  /** Resolves when the process has exited, for any reason. */
  ended: Promise<void>;
  hasEnded(): boolean;
  stop(graceMs?: number): Promise<void>;
}

/** A part refuses a service permanently. */
export class PartRefusedError extends UserError {}

/** A service exited before it was ready. */
export class ExitedEarlyError extends UserError {}

export interface StartOptions {
  /** The ports of all services of the step. */
  ports: ReadonlyMap<string, number>;
  /** Additional variables, such as the addresses of the parts. */
  env: Record<string, string>;
  /** Called with each line that the service prints. */
  onLine?: (line: string) => void;
  /** Whether to write its output to its log file, which is the default. */
  keepLog?: boolean;
  signal?: AbortSignal | undefined;
}

const READY_TIMEOUT_MS = 60_000; // importing the SDK takes between one second and twenty, depending on the laptop
const STOP_TIMEOUT_MS = 3_000; // one second more than the time after which a service exits on its own
const SHOWN_LINES = 12;

/** The file with the output of a service since its last start. */
export function logFileOf(service: Service): string {
  return join(stateFolder, 'logs', `${service.name}.log`);
}

/**
 * Starts a service and waits until it reports that it is ready.
 * @throws ExitedEarlyError if it exits first, or UserError if it isn't ready after 60 s, with the last lines of its
 * output; PartRefusedError
 */
export async function startService(service: Service, options: StartOptions): Promise<RunningService> {
  const log = options.keepLog === false ? undefined : await openLog(service);
  const since = performance.now();
  const files = filesIn(service.folder);
  const child = spawnService(service, options);
  let isReady = false;
  let refusal: string | undefined; // of a part: the service would retry until the timeout
  const lastLines: string[] = [];
  const ended = endOf(child);

  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface({ input: stream }).on('line', (line) => {
      log?.write(`${line}\n`);
      options.onLine?.(line);
      refusal ??= refusalIn(service, line);
      if (refusal && !isReady) child.kill('SIGKILL');
      if (isOthersFrame(line)) return;
      lastLines.push(line);
      lastLines.splice(0, lastLines.length - SHOWN_LINES);
    });
  }

  const running = {
    service,
    files,
    ended,
    hasEnded: () => hasEnded(child),
    async stop(graceMs = STOP_TIMEOUT_MS) {
      await stop(child, ended, graceMs);
      if (log) await finished(log.end()).catch(() => {});
    },
  };

  try {
    await ready(child, options.signal);
    isReady = true;
    return { ...running, pid: child.pid!, readyAfterMs: performance.now() - since };
  } catch (reason) {
    const exited = hasEnded(child);
    child.kill('SIGKILL'); // it may not react to the closed channel yet
    await running.stop();
    if (refusal) throw new PartRefusedError(`${service.name} cannot start: ${refusal}`);
    const printed = lastLines.map((line) => `\n  ${printable(line)}`).join('');
    const text = `${service.name} ${(reason as Error).message}.${printed}`;
    throw exited ? new ExitedEarlyError(text) : new UserError(text);
  }
}

async function openLog(service: Service): Promise<WriteStream> {
  await mkdir(join(stateFolder, 'logs'), { recursive: true }).catch(() => {});
  const log = createWriteStream(logFileOf(service));
  log.on('error', () => {}); // the service runs even if its log can't be written
  return log;
}

/** Runs main.ts, with tracing.ts loaded first if the service has one. */
function spawnService(service: Service, { ports, env }: StartOptions): ChildProcess {
  const tracing = isTraced(service) ? ['--import', './tracing.ts'] : [];
  return spawn(process.execPath, ['--import', import.meta.resolve('tsx/esm'), ...tracing, 'main.ts'], {
    cwd: service.folder,
    // A HOST in the shell may be anything: compilers set it, too.
    env: { ...process.env, HOST: hostOf(service), ...environmentOf(service, ports), ...env },
    // Over the channel, the service reports that it is ready, and notices that this process has exited, even on Windows.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Resolves when the process has exited and its output has been read. The event 'close' isn't emitted after disconnect(). */
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
            `was not ready after ${READY_TIMEOUT_MS / 1_000} s: it is in a loop, it is waiting for something, or the machine is too busy`,
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
      settle(new Error(`exited before it was ready (${by ?? `status ${code}`})`)),
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
