import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';

/** What the clients saw while requests were sent at a certain rate. */
export interface Sent {
  /** From the moment at which a request was due until its response was complete, in ms. A failed one is Infinity. */
  durations: number[];
  /** How many responses had a status of 500 or higher, or never came. */
  failed: number;
}

const TICK_MS = 5;
const MAX_WAITING = 500; // more requests than that are not sent, and count as failed
const TIMEOUT_MS = 5_000;

/**
 * Sends GET requests for some paths to the instances of a service, all of them in turn. It doesn't wait for responses,
 * because clients don't wait for each other. A request that is sent late, because too many are waiting, is also late in
 * the result.
 */
export async function sendAtRate(
  urls: readonly string[],
  paths: readonly string[],
  { perSecond, seconds, signal }: { perSecond: number; seconds: number; signal: AbortSignal },
): Promise<Sent> {
  const pools = urls.map(
    (url) => new Pool(url, { connections: 50, bodyTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS }),
  );
  const sent: Sent = { durations: [], failed: 0 };
  const waiting = new Set<Promise<void>>();
  const total = Math.round(perSecond * seconds);
  const since = performance.now();

  for (let count = 0; count < total && !signal.aborted;) {
    const due = Math.min(total, Math.ceil(((performance.now() - since) / 1_000) * perSecond));
    for (; count < due; count++) {
      const dueAt = since + (count / perSecond) * 1_000;
      if (waiting.size >= MAX_WAITING) {
        sent.durations.push(Infinity);
        sent.failed++;
        continue;
      }
      const request = send(pools[count % pools.length]!, paths[count % paths.length]!).then((isFailed) => {
        sent.durations.push(isFailed ? Infinity : performance.now() - dueAt);
        if (isFailed) sent.failed++;
        waiting.delete(request);
      });
      waiting.add(request);
    }
    await sleep(TICK_MS);
  }
  await Promise.all(waiting);
  await Promise.all(pools.map((pool) => pool.close()));
  return sent;
}

/** Whether a request failed. */
async function send(pool: Pool, path: string): Promise<boolean> {
  try {
    const { statusCode, body } = await pool.request({ method: 'GET', path });
    await body.dump();
    return statusCode >= 500;
  } catch {
    return true;
  }
}
