import { type ChildProcess, spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

/** A command that runs in a shell. */
export interface RunningCommand {
  /** What a terminal would show of it so far. */
  printed(): string;
  hasEnded(): boolean;
  /** Resolves when it and everything that it started have exited. */
  ended: Promise<void>;
  /** Stops it and everything that it started, as Ctrl-C does. */
  stop(): Promise<void>;
}

const STOP_TIMEOUT_MS = 5_000;
const IS_WINDOWS = process.platform === 'win32';

/** Starts a command in the system's shell, in a folder, with only the given variables in its environment. */
export function startCommand(command: string, folder: string, env: NodeJS.ProcessEnv): RunningCommand {
  // One pipe for both streams keeps the order in which they are written, as in a terminal.
  const child = spawn(`(${command}) 2>&1`, {
    shell: true,
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: !IS_WINDOWS, // its own process group, which can be stopped as a whole
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));

  let hasEnded = false;
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve())).then(() => {
    hasEnded = true;
  });

  return {
    printed: () => stripVTControlCharacters(text),
    hasEnded: () => hasEnded,
    ended,
    async stop() {
      if (hasEnded) return;
      signal(child, 'SIGINT');
      const timer = setTimeout(signal, STOP_TIMEOUT_MS, child, 'SIGKILL');
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Signals the whole process group. On Windows, which has no groups, it stops the process tree. */
function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  if (IS_WINDOWS) spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' });
  else process.kill(-pid, name);
}
