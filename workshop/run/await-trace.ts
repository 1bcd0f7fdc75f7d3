import { setTimeout as sleep } from 'node:timers/promises';
import type { Span, Trace } from '../trace/model.ts';
import { batchDelayMs } from '../settings.ts';

/** What to wait for: for how many ms for the first span, and then for the other services' sides of the call. */
export interface Awaited {
  firstMs: number;
  otherSideMs: number;
  /** The services that should have a span in the trace. */
  services: string[];
  /** Whether a service of the step takes messages: if not, one that was published waits, and so need not we. */
  consumed: boolean;
}

const POLL_MS = 40;
const QUIET_MS = batchDelayMs + 100; // any span ended with the call has left its batch by then

/**
 * Looks for a trace until it has arrived whole: no span misses a parent of its own service, each service and the other
 * side of each call is there (or has been waited for long enough), and nothing new came for a while.
 * Gives the trace as it then is, or undefined if no span arrived at all.
 */
export async function awaitTrace(
  look: () => Promise<Trace | undefined>,
  awaited: Awaited,
): Promise<Trace | undefined> {
  const { firstMs, otherSideMs } = awaited;
  const since = performance.now();
  let trace: Trace | undefined;
  let changedAt = since;

  for (;;) {
    const seen = await look();
    const now = performance.now();
    if (seen?.spans.length !== trace?.spans.length) changedAt = now;
    trace = seen;

    const patience =
      !trace || missesParent(trace) ? firstMs : missesOtherSide(trace, awaited) ? otherSideMs : 0;
    if (now - since >= patience && (now - changedAt >= QUIET_MS || !trace)) return trace;
    await sleep(POLL_MS);
  }
}

/** Whether a span has arrived before its parent. Parents of SERVER and CONSUMER spans are in another process. */
function missesParent(trace: Trace): boolean {
  const ids = new Set(trace.spans.map((span) => span.spanId));
  return trace.spans.some((span) => span.parentId && !beginsElsewhere(span) && !ids.has(span.parentId));
}

/** Whether a service has no span yet, or a call that went well has none of the one who was called. */
function missesOtherSide(trace: Trace, { services, consumed }: Awaited): boolean {
  const seen = new Set(trace.spans.map((span) => span.service));
  if (services.some((service) => !seen.has(service))) return true;

  const parents = new Set(trace.spans.map((span) => span.parentId));
  return trace.spans.some(
    (span) =>
      (span.kind === 'client' || (span.kind === 'producer' && consumed)) &&
      !span.error &&
      !parents.has(span.spanId),
  );
}

function beginsElsewhere(span: Span): boolean {
  return span.kind === 'server' || span.kind === 'consumer';
}
