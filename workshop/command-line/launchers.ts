import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { isAlive } from '../is-alive.ts';

const POLL_MS = 500;
/** There may be a shell and tsx between npm and this process, and each may have a process of its own for its work. */
const MOST_LAUNCHERS = 6;

/**
 * Calls `act` when one of the processes through which npm or npx started this one has ended. Does nothing on Windows, or
 * if npm isn't among the processes above this one.
 */
export function watchLaunchers(act: () => void): void {
  if (!process.env.npm_command || process.platform === 'win32') return;
  void launchers().then((ids) => {
    if (ids.length === 0) return;
    const timer = setInterval(() => {
      if (ids.every(isAlive)) return;
      clearInterval(timer);
      act();
    }, POLL_MS).unref();
  });
}

/** The ids of the processes above this one, up to npm. */
async function launchers(): Promise<number[]> {
  const ids: number[] = [];
  try {
    for (let id = process.ppid; id > 1 && ids.length < MOST_LAUNCHERS;) {
      ids.push(id);
      const { parent, command } = await lookAt(id);
      if (/^np[mx]\b|\bnp[mx]-cli\.js\b/.test(command)) return ids;
      id = parent;
    }
  } catch {
    // a process has just ended, or there is no ps(1)
  }
  return [];
}

/** The parent of a process, and its command line; npm puts its name there. */
async function lookAt(id: number): Promise<{ parent: number; command: string }> {
  if (process.platform === 'linux') {
    const [stat, command] = await Promise.all([
      readFile(`/proc/${id}/stat`, 'utf8'),
      readFile(`/proc/${id}/cmdline`, 'utf8'),
    ]);
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before it may contain spaces
    return { parent: Number(parent), command: command.replaceAll('\0', ' ') };
  }
  const { stdout } = await promisify(execFile)('ps', ['-o', 'ppid=,command=', '-p', String(id)]);
  const [, parent, command = ''] = /^\s*(\d+)\s(.*)/.exec(stdout) ?? [];
  return { parent: Number(parent), command };
}
