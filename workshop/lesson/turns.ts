/** Does pieces of work one after another. */
export interface Queue {
  /** Does some work after all that was handed over before, whether or not that failed. */
  add<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Resolves when there is no work left. */
  idle(): Promise<unknown>;
}

export function openQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return {
    add(work) {
      const result = last.then(work);
      last = result.catch(() => {});
      return result;
    },
    idle: () => last,
  };
}

/** Does some work again and again, of which only the latest matters. */
export interface Latest {
  /** Ends the work that is running, then does this work unless other work has been started meanwhile. It must not reject. */
  start(work: (signal: AbortSignal) => Promise<void>): void;
  /** Ends the work that is running. */
  stop(): Promise<void>;
}

export function openLatest(): Latest {
  let controller = new AbortController();
  let last = Promise.resolve();
  return {
    start(work) {
      controller.abort();
      const { signal } = (controller = new AbortController());
      last = last.then(() => (signal.aborted ? undefined : work(signal)));
    },
    stop() {
      controller.abort();
      return last;
    },
  };
}
