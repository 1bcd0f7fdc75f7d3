import { type ChildProcess, spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';

/** A command that runs in a shell. */
export type RunningCommand = ReturnType<typeof startCommand>;

const STOP_TIMEOUT_MS = 5_000;
const IS_WINDOWS = process.platform === 'win32';

/** Starts a command in the system's shell, in a folder, with only the given variables in its environment. */
export function startCommand(command: string, folder: string, env: NodeJS.ProcessEnv) {
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
    /** What a terminal would show of it so far. */
    printed: () => stripVTControlCharacters(text),
    hasEnded: () => hasEnded,
    /** Resolves when it and everything that it started have exited. */
    ended,
    /** Stops it and everything that it started, as Ctrl-C does. */
    async stop(): Promise<void> {
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
