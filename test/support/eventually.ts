import { setTimeout as sleep } from 'node:timers/promises';

const DEADLINE_MS = 120_000; // only a test that fails waits so long, even on a busy machine

/** Looks again and again until what is seen is true, and fails with the last error or value at the deadline. */
export async function eventually<T>(look: () => T | Promise<T>, what: string): Promise<NonNullable<T>> {
  const deadline = performance.now() + DEADLINE_MS;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      const seen = await look();
      if (seen) return seen;
      last = seen;
    } catch (error) {
      last = error;
    }
    await sleep(25);
  }
  throw new Error(`not within ${DEADLINE_MS / 1_000} s: ${what} (last: ${String(last)})`);
}
