import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';

const OTHER_BAND = '8c7d0f3a-6f0e-4b3c-9d52-1b7f5a1e4c01'; // it has no reviews, which would take time to read
const AT_ONCE = 10;
const PER_SECOND = 200;

/** Calls that were made: the ids of their traces, and how many other ones failed. */
export interface Calls {
  traceIds: Set<string>;
  failed: number;
}

/** Asks bands-api for a band, each time in a new trace. At most 200 calls per second, so that no queue of spans fills up. */
export async function makeCalls(url: string, count: number): Promise<Calls> {
  const pool = new Pool(url, { connections: AT_ONCE });
  const calls: Calls = { traceIds: new Set(), failed: 0 };
  let made = 0;
  const caller = async () => {
    while (made++ < count) await Promise.all([makeCall(), sleep((AT_ONCE / PER_SECOND) * 1_000)]);
  };
  const makeCall = async () => {
    const traceId = randomBytes(16).toString('hex');
    const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-01`;
    if (await succeeds(pool, traceparent)) calls.traceIds.add(traceId);
    else calls.failed++;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
  await pool.close();
  return calls;
}

/** Several sets of calls as one. */
export function together(...all: Calls[]): Calls {
  return {
    traceIds: new Set(all.flatMap(({ traceIds }) => [...traceIds])),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
  };
}

async function succeeds(pool: Pool, traceparent: string): Promise<boolean> {
  try {
    const path = `/bands/${OTHER_BAND}`;
    const { statusCode, body } = await pool.request({ method: 'GET', path, headers: { traceparent } });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}
