/** Compares the spans that services have created with those that places hold. */

/** A span by its ids, and the service that created it. */
export interface HeldSpan {
  traceId: string;
  spanId: string;
  service: string;
}

/** What became of the spans of some calls. */
export interface Account {
  sent: number;
  /** How many arrived at each place. */
  arrived: number[];
  /** How many arrived at more than one place. */
  repeated: number;
  /** How many arrived nowhere. */
  lost: number;
}

/** The services that some spans come from, sorted. */
export function servicesIn(spans: readonly HeldSpan[]): string[] {
  return [...new Set(spans.map(({ service }) => service))].toSorted();
}

/**
 * How many spans of a service, or of all services, each call creates: as many as in the trace that has the most of them.
 * All calls are the same, so a trace with fewer spans is not complete.
 */
export function spansPerCall(spans: readonly HeldSpan[], service?: string): number {
  const counts = new Map<string, Set<string>>();
  for (const { traceId, spanId } of of(service, spans)) {
    const ids = counts.get(traceId) ?? new Set();
    counts.set(traceId, ids.add(spanId));
  }
  return Math.max(0, ...[...counts.values()].map(({ size }) => size));
}

/**
 * What became of the spans of a service, or of all services, if each call with one of these trace ids has created `perCall`
 * spans.
 */
export function accountOf(
  traceIds: ReadonlySet<string>,
  places: readonly (readonly HeldSpan[])[],
  { perCall, service }: { perCall: number; service?: string },
): Account {
  const held = places.map((spans) => {
    const own = of(service, spans).filter(({ traceId }) => traceIds.has(traceId));
    return new Set(own.map(({ traceId, spanId }) => `${traceId}/${spanId}`));
  });
  const anywhere = new Set(held.flatMap((ids) => [...ids]));
  const arrived = held.map(({ size }) => size);
  const sent = traceIds.size * perCall;
  const copies = arrived.reduce((sum, count) => sum + count, 0);
  return { sent, arrived, repeated: copies - anywhere.size, lost: sent - anywhere.size };
}

function of(service: string | undefined, spans: readonly HeldSpan[]): readonly HeldSpan[] {
  return service === undefined ? spans : spans.filter((span) => span.service === service);
}
