import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { parsedObject } from '../net/parsed.ts';
import type { RunOutcome } from './observation.ts';

/** How run.ts ended: with an exit code, or because it exceeded its time limit. */
export interface RunEnd extends RunOutcome {
  code: number | 'timeout';
}

/** How to run a program. */
export interface RunChildOptions {
  /** The words of its command line; --json by default. */
  words?: string[] | undefined;
  /** The lines of its stdin, which then ends. */
  input?: string[] | undefined;
  /** The folder to run it in; that of the program by default. */
  folder?: string;
  env: NodeJS.ProcessEnv;
  /** Kills it. */
  signal: AbortSignal;
}

/** Runs a run.ts, or another program, as an attendee does. */
export async function runChild(
  file: string,
  { words = ['--json'], input = [], folder = dirname(file), env, signal }: RunChildOptions,
): Promise<RunEnd> {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx/esm'), file, ...words], {
    cwd: folder,
    env,
  });
  child.stdin.on('error', () => {}); // it may exit without reading its input
  child.stdin.end(input.map((line) => `${line}\n`).join(''));
  const stdout: string[] = [];
  const stderr: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => stdout.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => stderr.push(line));
  const end = () => void child.kill('SIGKILL'); // an endless loop reacts to no other signal
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();

  const code = await new Promise<number | null>((resolve) => {
    child.once('exit', resolve).once('error', () => resolve(null));
  });
  await Promise.allSettled([finished(child.stdout), finished(child.stderr)]);
  signal.removeEventListener('abort', end);

  const output = stdout.map(outputIn).findLast((found) => found !== undefined);
  return { code: code ?? (signal.aborted ? 'timeout' : 1), stdout, stderr, ...(output && { output }) };
}

/** Parses the line that `run.ts --json` prints; undefined for any other line, such as those of an attendee's console.log(). */
function outputIn(line: string): RunOutcome['output'] {
  const read = parsedObject(line);
  if (!read || !('traceId' in read && 'spans' in read)) return undefined;
  const [body] = Object.values(read); // under a name that depends on the chapter
  const traceId = typeof read['traceId'] === 'string' ? read['traceId'] : null;
  return { body, traceId, ...('promise' in read && { promise: read['promise'] }) };
}
