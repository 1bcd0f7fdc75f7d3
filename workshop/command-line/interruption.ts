/** Handles Ctrl-C, SIGTERM, a closed terminal, and the end of npm in one place, so that everything can stop in order. */
import { watchLaunchers } from './launchers.ts';

/** The exit codes after signals: 128 + the number of the signal, the convention of shells. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof exitCodes;

const controller = new AbortController();
let received: Signal | undefined;

function interrupt(signal: Signal): void {
  received ??= signal;
  controller.abort();
}

for (const signal of Object.keys(exitCodes) as Signal[]) process.once(signal, () => interrupt(signal));
// When npm ends, this process should end, too. But npm, its shell, and tsx don't all pass signals on, and none of them
// can pass on SIGKILL.
watchLaunchers(() => interrupt('SIGTERM'));

/** Resolves when a signal is aborted, at once if it already is. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

export const interruption = {
  signal: controller.signal,

  /** The exit code after an interruption; undefined without one. */
  get exitCode(): number | undefined {
    return received && exitCodes[received];
  },

  /** Waits for some work, and rejects as soon as the process is interrupted. */
  orDone<T>(work: Promise<T>): Promise<T> {
    const interrupted = aborted(controller.signal).then(() => {
      throw new Error('interrupted');
    });
    return Promise.race([work, interrupted]);
  },
};
