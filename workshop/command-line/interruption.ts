/** Handles Ctrl-C, SIGTERM, and a closed terminal in one place, so that everything can stop in order. */

const controller = new AbortController();

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => controller.abort());

/** Resolves when a signal is aborted, at once if it already is. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

export const interruption = {
  signal: controller.signal,

  /** Waits for some work, and rejects as soon as the process is interrupted. */
  orDone<T>(work: Promise<T>): Promise<T> {
    const { signal } = controller;
    return new Promise<T>((resolve, reject) => {
      const stop = () => reject(new Error('interrupted'));
      if (signal.aborted) return stop();
      signal.addEventListener('abort', stop, { once: true });
      work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
    });
  },
};
