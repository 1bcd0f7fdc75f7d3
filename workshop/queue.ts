/** Opens a queue, which does pieces of work one after another. */
export function openQueue() {
  let last: Promise<unknown> = Promise.resolve();
  return {
    /** Does some work after all that was handed over before, whether or not that failed. */
    add<Result>(work: () => Promise<Result>): Promise<Result> {
      const result = last.then(work);
      last = result.catch(() => {});
      return result;
    },
    /** Resolves when there is no work left. */
    idle: () => last,
  };
}
