import { findBackend, type UsedBackend, useBackend } from '../backend/connect.ts';
import { inTurn } from '../services/turn.ts';
import { openQueue } from '../queue.ts';

/** Uses the trace backend that is running, or starts one when it is needed, for as long as the lesson is open. */
export function keepBackend(signal: AbortSignal) {
  let used: UsedBackend | undefined;
  const queue = openQueue();

  async function useOne(): Promise<UsedBackend> {
    if (!used?.started && !(used && (await findBackend()))) used = await inTurn(useBackend, { signal });
    return used!;
  }
  return {
    /** The backend. If it belonged to another command that has ended, this process starts one. */
    use: () => queue.add(useOne),
    async close(): Promise<void> {
      await queue.idle();
      await used?.close();
    },
  };
}
