import { findBackend, type UsedBackend, useBackend } from '../backend/connect.ts';
import { inTurn } from '../services/turn.ts';
import { openQueue } from './turns.ts';

/** The trace backend for as long as the lesson is open. */
export interface KeptBackend {
  /** The backend. If it belonged to another command that has ended, this process starts one. */
  use(): Promise<UsedBackend>;
  close(): Promise<void>;
}

/** Uses the trace backend that is running, or starts one when it is needed. */
export function keepBackend(signal: AbortSignal): KeptBackend {
  let used: UsedBackend | undefined;
  const queue = openQueue();

  async function useOne(): Promise<UsedBackend> {
    if (!used?.started && !(used && (await findBackend()))) used = await inTurn(useBackend, { signal });
    return used!;
  }
  return {
    use: () => queue.add(useOne),
    async close() {
      await queue.idle();
      await used?.close();
    },
  };
}
