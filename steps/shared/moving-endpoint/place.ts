import { setTimeout as sleep } from 'node:timers/promises';
import { queryTraces } from '#workshop/backend/query';
import { accountOf, type HeldSpan, spansPerCall } from './account.ts';
import type { Calls } from './calls.ts';

const LOOK_EVERY_MS = 250;
const PATIENCE_MS = 3_000; // services send their spans in batches, and an export that fails may be repeated

/** The spans that a backend holds, of at most `limit` traces of each service since `sinceMs` (ms since 1970). */
export async function spansAt(queryUrl: string, sinceMs: number, limit: number): Promise<HeldSpan[]> {
  const traces = await queryTraces(queryUrl, sinceMs, undefined, limit);
  return traces.flatMap(({ traceId, spans }) =>
    spans.map(({ spanId, service }) => ({ traceId, spanId, service })),
  );
}

/** Looks again and again until all spans of some calls have arrived, or nothing more has arrived for a few seconds. */
export async function settled(look: () => Promise<HeldSpan[][]>, calls: Calls): Promise<HeldSpan[][]> {
  let before = -1;
  let changedAt = performance.now();
  for (;;) {
    const places = await look();
    const count = places.flat().length;
    if (count !== before) changedAt = performance.now();
    before = count;
    const isQuiet = performance.now() - changedAt > PATIENCE_MS;
    if (isQuiet || isComplete(calls, places)) return places;
    await sleep(LOOK_EVERY_MS);
  }
}

function isComplete({ traceIds }: Calls, places: readonly HeldSpan[][]): boolean {
  const perCall = spansPerCall(places.flat());
  return perCall > 0 && accountOf(traceIds, places, { perCall }).lost === 0;
}
