import { setTimeout as sleep } from 'node:timers/promises';
import type { Span, Trace } from '../trace/model.ts';
import { batchDelayMs } from '../settings.ts';

/** What a complete trace contains, and how long to wait for it, in ms from the start. */
export interface WaitOptions {
  /** For the first span, and the missing parents of spans. */
  firstMs: number;
  /** For the other side of each call. */
  otherSideMs?: number;
  /** For the services that have no span yet. */
  serviceMs?: number;
  /** The services that should have a span in the trace. */
  services?: string[];
  /** Whether a service of the step consumes messages; if not, a published message has no other side. */
  consumed?: boolean;
  /** Whether the caller sends the root span; if not, the parent of the first span never arrives. */
  root: boolean;
}

const POLL_MS = 40;
const QUIET_MS = batchDelayMs + 100; // by then, the batch with any span that ended with the call has been sent

/**
 * Looks for a trace until it is complete or time is up: each span has its parent, each call its other side, each
 * service a span, and no span has arrived for a while. Returns the trace as it is then, or undefined if there is none.
 */
export async function awaitTrace(
  look: () => Promise<Trace | undefined>,
  options: WaitOptions,
): Promise<Trace | undefined> {
  const since = performance.now();
  let trace: Trace | undefined;
  let changedAt = since;

  for (;;) {
    const seen = await look();
    const now = performance.now();
    if (seen?.spans.length !== trace?.spans.length) changedAt = now;
    trace = seen;

    const waited = now - since >= waitFor(trace, options);
    if (waited && (now - changedAt >= QUIET_MS || !trace)) return trace;
    await sleep(POLL_MS);
  }
}

function waitFor(trace: Trace | undefined, options: WaitOptions): number {
  if (!trace || lacksParent(trace, options)) return options.firstMs;
  if (lacksOtherSide(trace, options)) return options.otherSideMs ?? 0;
  return (lacksService(trace, options) && options.serviceMs) || 0;
}

/** Whether a span arrived before its parent. Without the caller's root span, the parent of an entry span may be missing. */
function lacksParent({ spans }: Trace, { root }: WaitOptions): boolean {
  const ids = new Set(spans.map((span) => span.spanId));
  const isEntry = ({ kind }: Span) => kind === 'server' || kind === 'consumer';
  return spans.some((span) => span.parentId && (root || !isEntry(span)) && !ids.has(span.parentId));
}

function lacksService({ spans }: Trace, { services = [] }: WaitOptions): boolean {
  const seen = new Set(spans.map((span) => span.service));
  return services.some((service) => !seen.has(service));
}

/** Whether a call that got a response, or a message that is consumed, lacks the span of the receiver. */
function lacksOtherSide({ spans }: Trace, { consumed }: WaitOptions): boolean {
  const parents = new Set(spans.map((span) => span.parentId));
  const isReceived = ({ kind, error, attributes }: Span) =>
    (kind === 'client' && (!error || 'http.response.status_code' in attributes)) ||
    (kind === 'producer' && consumed && !error);
  return spans.some((span) => isReceived(span) && !parents.has(span.spanId));
}
