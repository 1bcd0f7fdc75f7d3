import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '../services/definition.ts';
import { readLogs } from '../services/logs.ts';
import type { LogRecord } from '../trace/log-record.ts';

const POLL_MS = 40;
/** The SDK's batch processor sends log records after 1 s; the rest is for a slow machine. */
const LIMIT_MS = 3_000;

/**
 * Looks for the log records of a trace until there is one for each line with its id that the services have printed, or
 * until time is up, because a service may print lines that it doesn't send.
 */
export async function awaitLogs(
  look: () => Promise<LogRecord[]>,
  traceId: string,
  services: Service[],
): Promise<LogRecord[]> {
  const since = performance.now();
  for (;;) {
    const [printed, records] = await Promise.all([readLogs(services), look()]);
    const expected = printed.filter(({ line }) => line.includes(traceId)).length;
    if (records.length >= expected || performance.now() - since >= LIMIT_MS) return records;
    await sleep(POLL_MS);
  }
}
