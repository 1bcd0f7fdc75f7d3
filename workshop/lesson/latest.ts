/** Opens a place for work that is done again and again, and of which only the latest matters. */
export function openLatest() {
  let controller = new AbortController();
  let last = Promise.resolve();
  return {
    /** Ends the work that is running, then does this work unless other work has been started meanwhile. It must not reject. */
    start(work: (signal: AbortSignal) => Promise<void>): void {
      controller.abort();
      const { signal } = (controller = new AbortController());
      last = last.then(() => (signal.aborted ? undefined : work(signal)));
    },
    /** Ends the work that is running. */
    stop(): Promise<void> {
      controller.abort();
      return last;
    },
  };
}
