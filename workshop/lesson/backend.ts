import { findBackend, type UsedBackend, useBackend } from '../backend/connect.ts';
import { inTurn } from '../services/turn.ts';

/** The trace backend for as long as the lesson is open. */
export interface KeptBackend {
  /** The backend. If it belonged to another command that has ended, this process starts one. */
  use(): Promise<UsedBackend>;
  close(): Promise<void>;
}

/** Uses the trace backend that is running, or starts one when it is needed. */
export function keepBackend(signal: AbortSignal): KeptBackend {
  let used: UsedBackend | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  async function useOne(): Promise<UsedBackend> {
    if (!used?.started && !(used && (await findBackend()))) used = await inTurn(useBackend, { signal });
    return used!;
  }
  return {
    use() {
      const using = turn.then(useOne);
      turn = using.catch(() => {});
      return using;
    },
    async close() {
      await turn;
      await used?.close();
    },
  };
}
