import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { UsedBackend } from '../backend/connect.ts';
import { messageOf } from '../errors.ts';
import type { RunState } from '../viewer/lesson/session-state.ts';
import { openLatest } from './latest.ts';

const KILL_AFTER_MS = 5_000; // longer than run.ts takes to stop what it has started
const KEPT_CHARACTERS = 100_000;

/** Makes a program print to stdout what it would print to stderr, so that its lines are in the same order as in a terminal. */
const oneStream = 'data:text/javascript,process.stderr.write = process.stdout.write.bind(process.stdout)';

/** Runs run.ts, again and again, and passes the state of each run to `show`. The trace backend is there before run.ts starts. */
export function openRuns(
  folder: string,
  useBackend: () => Promise<UsedBackend>,
  show: (state: RunState) => void,
) {
  const latest = openLatest();

  async function run(columns: number, signal: AbortSignal): Promise<void> {
    let output = '';
    const print = (text: string) => {
      output = (output + text).slice(-KEPT_CHARACTERS);
      show({ isRunning: true, output, failed: false });
    };
    try {
      print('$ npx tsx run.ts\n');
      const { url, kind } = await useBackend();
      const failed = await runToEnd(folder, columns, { print, signal });
      const path = tracePageIn(output, url);
      const tracePage = path && (kind === 'embedded' ? path : url + path);
      show({ isRunning: false, output, failed, ...(tracePage !== undefined && { tracePage }) });
    } catch (error) {
      show({ isRunning: false, output: `${output}${messageOf(error)}\n`, failed: true });
    }
  }

  return {
    /** Runs it, with output of so many columns. One that is still running is stopped. */
    start: (columns: number) => latest.start((signal) => run(columns, signal)),
    stop: latest.stop,
  };
}

/** Runs run.ts as an attendee does. Resolves to whether it failed, which it hasn't if it was stopped. */
async function runToEnd(
  folder: string,
  columns: number,
  { print, signal }: { print: (text: string) => void; signal: AbortSignal },
): Promise<boolean> {
  const child = spawn(
    process.execPath,
    ['--import', oneStream, '--import', import.meta.resolve('tsx/esm'), 'run.ts'],
    {
      cwd: folder,
      env: { ...process.env, WORKSHOP_COLUMNS: String(columns) },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', print);
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    child.kill();
    timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS); // an endless loop reacts to no other signal
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  signal.removeEventListener('abort', stop);
  await Promise.allSettled([finished(child.stdout), finished(child.stderr)]);
  if (!signal.aborted) return code !== 0;
  print('Stopped.\n');
  return false;
}

/** The path of the last page of a trace that run.ts has named or, if it has named none, of a search. */
export function tracePageIn(output: string, backendUrl: string): string | undefined {
  const paths = [...output.matchAll(/https?:\/\/\S+/g)]
    .map(([url]) => url)
    .filter((url) => url.startsWith(`${backendUrl}/`))
    .map((url) => url.slice(backendUrl.length));
  const last = (pattern: RegExp) => paths.findLast((path) => pattern.test(path));
  return last(/^\/trace\/[\da-f]{32}$/) ?? last(/^\/search\?/);
}
