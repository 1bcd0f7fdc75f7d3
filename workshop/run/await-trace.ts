import { setTimeout as sleep } from 'node:timers/promises';
import type { Span, Trace } from '../trace/model.ts';
import { batchDelayMs } from '../settings.ts';

/**
 * What to wait for, and for how many ms: for the first span, then for the other sides of the calls in it, and for the
 * services that have no span in it yet.
 */
export interface Awaited {
  firstMs: number;
  otherSideMs: number;
  serviceMs: number;
  /** The services that should have a span in the trace. */
  services: string[];
  /** Whether a service of the step takes messages: if not, one that was published waits, and so need not we. */
  consumed: boolean;
  /** Whether the caller sends a span too, the root: if not, the first span's parent never arrives. */
  root: boolean;
}

const POLL_MS = 40;
const QUIET_MS = batchDelayMs + 100; // any span ended with the call has left its batch by then

/**
 * Looks for a trace until it has arrived whole: no span misses a parent of its own service, the other side of each call
 * and each service is there (or has been waited for long enough), and nothing new came for a while.
 * Gives the trace as it then is, or undefined if no span arrived at all.
 */
export async function awaitTrace(
  look: () => Promise<Trace | undefined>,
  awaited: Awaited,
): Promise<Trace | undefined> {
  const since = performance.now();
  let trace: Trace | undefined;
  let changedAt = since;

  for (;;) {
    const seen = await look();
    const now = performance.now();
    if (seen?.spans.length !== trace?.spans.length) changedAt = now;
    trace = seen;

    if (now - since >= patienceFor(trace, awaited) && (now - changedAt >= QUIET_MS || !trace)) return trace;
    await sleep(POLL_MS);
  }
}

function patienceFor(trace: Trace | undefined, awaited: Awaited): number {
  if (!trace || missesParent(trace, awaited)) return awaited.firstMs;
  if (missesOtherSide(trace, awaited)) return awaited.otherSideMs;
  return missesService(trace, awaited) ? awaited.serviceMs : 0;
}

/**
 * Whether a span has arrived before its parent. The parent of a SERVER or CONSUMER span is in another process, which may
 * not be traced.
 */
function missesParent(trace: Trace, { root }: Awaited): boolean {
  const ids = new Set(trace.spans.map((span) => span.spanId));
  return trace.spans.some(
    (span) => span.parentId && (root || !beginsElsewhere(span)) && !ids.has(span.parentId),
  );
}

/** Whether a service has no span yet. */
function missesService(trace: Trace, { services }: Awaited): boolean {
  const seen = new Set(trace.spans.map((span) => span.service));
  return services.some((service) => !seen.has(service));
}

/** Whether a call that was answered, or a message that is taken, has no span of the one who got it. */
function missesOtherSide(trace: Trace, { consumed }: Awaited): boolean {
  const parents = new Set(trace.spans.map((span) => span.parentId));
  return trace.spans.some(
    (span) =>
      ((span.kind === 'client' && wasAnswered(span)) ||
        (span.kind === 'producer' && consumed && !span.error)) &&
      !parents.has(span.spanId),
  );
}

/** A call that failed may have reached nobody, unless it has the status that somebody answered with. */
function wasAnswered({ error, attributes }: Span): boolean {
  return !error || 'http.response.status_code' in attributes;
}

function beginsElsewhere(span: Span): boolean {
  return span.kind === 'server' || span.kind === 'consumer';
}
