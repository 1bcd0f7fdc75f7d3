import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { UserError } from '#workshop/errors';
import type { HeldSpan } from '#shared/moving-endpoint/account.ts';

/** A trace backend in a process of its own. */
export interface BackendProcess {
  address: string;
  /** The spans that it keeps, or did when it ended. */
  spans: HeldSpan[];
  /** Kills it, and resolves when `spans` is complete. */
  kill(): Promise<void>;
}

/**
 * Starts a trace backend on a free port.
 * @throws UserError if it ends at once
 */
export async function startBackendProcess(): Promise<BackendProcess> {
  const file = fileURLToPath(import.meta.resolve('./backend-process.ts'));
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx/esm'), file], {
    stdio: ['pipe', 'pipe', 'inherit'], // it ends when its stdin does,
  });
  const lines = createInterface({ input: child.stdout });
  const ended = once(lines, 'close');
  const [port] = (await Promise.race([once(lines, 'line'), ended])) as [string?];
  if (!port) throw new UserError('A trace backend could not be started: see what it printed.');
  const spans: HeldSpan[] = [];
  lines.on('line', (line) => {
    const [traceId = '', spanId = '', service = ''] = line.split(' ');
    spans.push({ traceId, spanId, service });
  });
  return {
    address: `localhost:${port}`,
    spans,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
