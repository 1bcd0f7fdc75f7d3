import { join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { interruption } from '../../workshop/command-line/interruption.ts';
import { UserError } from '../../workshop/errors.ts';
import { listSteps } from '../../workshop/course/list.ts';
import { type RunningCommand, startCommand } from './command.ts';
import { copyProject, removeCopy } from '../project-copy.ts';
import { comparableLines } from './normalize.ts';
import { movePorts } from './ports.ts';

/** A terminal in a copy of the project, in which the commands of a document are run as a reader would run them. */
export interface Terminal {
  /** The copy's folder. */
  folder: string;
  /**
   * Runs a command and returns what it printed; `shown` is what a document shows below it.
   * Throws UserError if it doesn't exit in time.
   */
  run(command: string, shown?: string): Promise<string>;
  /**
   * Starts a command in a terminal of its own and waits until it has printed some lines, in any order.
   * Throws UserError if it exits before that, or doesn't print them in time.
   */
  start(command: string, lines: string): Promise<void>;
  /** Stops what is still running, and removes the copy. */
  close(): Promise<void>;
}

const TIMEOUT_MS = 180_000; // many times what the slowest command of a lesson takes
const POLL_MS = 50;

/** Commands that would change the installed packages, which all copies share, or that need more than this machine. */
const REFUSED = /\bnpm (?:ci|i|install|update)\b|\bdocker\b|\bgit clone\b/;

/** Variables that npm, a test run, or a shell has set, which a reader's commands must not get. */
const NOT_PASSED_ON = /^(?:npm_|NODE_TEST_|OTEL_|WORKSHOP_|INIT_CWD$|NODE_OPTIONS$)/i;

/**
 * Opens a terminal in a new copy of the project. Random waits are reproducible; the usual ports are replaced by free ones in
 * commands, and restored in what they print; the lines in which npm says what it runs are left out.
 */
export async function openTerminal(): Promise<Terminal> {
  const steps = await listSteps();
  const [folder, ports] = await Promise.all([copyProject(), movePorts(steps.map((step) => step.folder))]);
  const kept = Object.entries(process.env).filter(([name]) => !NOT_PASSED_ON.test(name));
  const env = {
    ...Object.fromEntries(kept),
    ...ports.environment,
    WORKSHOP_SEED: '1',
    npm_config_loglevel: 'silent',
    npm_config_update_notifier: 'false',
  };
  const started: RunningCommand[] = [];

  function start(command: string): RunningCommand {
    if (REFUSED.test(command)) {
      throw new UserError(`"${command}" can't be run in a copy: show it in a block other than console.`);
    }
    const running = startCommand(ports.moved(command), folder, env);
    started.push(running);
    return { ...running, printed: () => inProject(ports.usual(running.printed()), folder) };
  }

  return {
    folder,
    async run(command) {
      const running = start(command);
      await waitFor(running, running.hasEnded, `"${command}" did not exit within ${TIMEOUT_MS / 1_000} s`);
      return running.printed().trimEnd();
    },
    async start(command, lines) {
      const running = start(command);
      const wanted = comparableLines(lines);
      const missing = () => {
        const printed = new Set(comparableLines(running.printed()).map(({ plain }) => plain));
        return wanted.filter(({ plain }) => !printed.has(plain));
      };
      await waitFor(
        running,
        () => missing().length === 0,
        `"${command}" did not print what is shown below it`,
      );
    },
    async close() {
      await Promise.all(started.map((running) => running.stop()));
      await removeCopy(folder);
    },
  };
}

/** A text with its paths relative to the project's folder. */
function inProject(text: string, folder: string): string {
  return text.replaceAll(join(folder, sep), '').replaceAll(folder, '.');
}

/** Waits for something that a command should do, and fails with what it printed instead. */
async function waitFor(running: RunningCommand, done: () => boolean, failure: string): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (!done()) {
    if (running.hasEnded() || interruption.signal.aborted || performance.now() > deadline) {
      throw new UserError(`${failure}. It printed:\n${running.printed()}`);
    }
    await Promise.race([running.ended, sleep(POLL_MS)]);
  }
}
