import { type ChildProcess, spawn } from 'node:child_process';
import { finished } from 'node:stream/promises';
import type { TestContext } from 'node:test';
import { projectFolder } from '#workshop/settings';

/** A process under test: all it printed so far, and how it ended. */
export interface Subject {
  child: ChildProcess;
  stdout: string;
  stderr: string;
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
  /** Resolves as soon as stdout and stderr together match; rejects if the process ends without. */
  printed(pattern: RegExp): Promise<void>;
}

export interface StartOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** What it reads on standard input; a process that should see no terminal gets nothing. */
  stdin?: 'ignore' | 'pipe';
  /** Opens a channel to the process, over which a service says that it is ready. */
  ipc?: boolean;
}

/** Starts a program that the test waits for, and ends it by its id when the test is over. */
export function start(
  t: { after(end: () => unknown): void },
  command: string,
  args: string[],
  options: StartOptions = {},
): Subject {
  const { cwd = projectFolder, env = process.env, stdin = 'ignore', ipc = false } = options;
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: [stdin, 'pipe', 'pipe', ...(ipc ? ['ipc' as const] : [])],
  });
  const waiting: { pattern: RegExp; resolve: () => void }[] = [];
  const heard = (text: string) => {
    for (const { resolve } of waiting.filter(({ pattern }) => pattern.test(text))) resolve();
  };

  const subject: Subject = {
    child,
    stdout: '',
    stderr: '',
    // Not the event close: a process whose channel this one has closed never emits it.
    ended: new Promise((resolve) => {
      child.once('exit', async (code, signal) => {
        await Promise.allSettled([finished(child.stdout!), finished(child.stderr!)]);
        resolve(code ?? signal!);
      });
    }),
    printed(pattern) {
      return new Promise((resolve, reject) => {
        waiting.push({ pattern, resolve });
        heard(subject.stdout + subject.stderr);
        void subject.ended.then((how) =>
          reject(
            new Error(`ended (${how}) before it printed ${pattern}:\n${subject.stdout}${subject.stderr}`),
          ),
        );
      });
    },
  };
  child.stdout!.setEncoding('utf8').on('data', (text) => heard((subject.stdout += text) + subject.stderr));
  child.stderr!.setEncoding('utf8').on('data', (text) => heard(subject.stdout + (subject.stderr += text)));
  t.after(() => child.exitCode === null && child.signalCode === null && child.kill('SIGKILL'));
  return subject;
}

/** Starts a TypeScript file of the project as `npx tsx` would. */
export function startScript(
  t: TestContext,
  file: string,
  args: string[] = [],
  options: StartOptions = {},
): Subject {
  return start(t, process.execPath, ['--import', import.meta.resolve('tsx/esm'), file, ...args], options);
}

/** Runs a TypeScript file to its end. */
export async function runScript(
  t: TestContext,
  file: string,
  args: string[] = [],
  options: StartOptions = {},
) {
  const subject = startScript(t, file, args, options);
  const code = await subject.ended;
  return { code, stdout: subject.stdout, stderr: subject.stderr };
}
