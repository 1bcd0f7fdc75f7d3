import type { Span, Trace } from '#workshop/trace/model';

/** A span for a test, with default values for all other fields. Times are in ms from the trace's start. */
export function span(id: string, more: Partial<Span> & { startMs?: number; durationMs?: number } = {}): Span {
  const { startMs = 0, durationMs = 10, ...rest } = more;
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: id,
    name: id,
    service: 'bands-api',
    kind: 'internal',
    startUs: traceStartUs + startMs * 1_000,
    durationUs: durationMs * 1_000,
    error: false,
    statusMessage: '',
    traceState: '',
    scope: '',
    scopeVersion: '',
    attributes: {},
    events: [],
    links: [],
    resource: {},
    warnings: [],
    ...rest,
  };
}

export const traceStartUs = 1_700_000_000_000_000;

export function traceOf(...spans: Span[]): Trace {
  return { traceId: '0af7651916cd43dd8448eb211c80319c', spans };
}

/** A chain of spans, each the child of the one before and 1 ms shorter on both sides. */
export function nested(levels: number): Span[] {
  return Array.from({ length: levels }, (_, level) =>
    span(`level-${level}`, {
      ...(level > 0 && { parentId: `level-${level - 1}` }),
      startMs: level,
      durationMs: 2 * (levels - level),
    }),
  );
}

/** A tree of this many spans, each with up to five children. */
export function wide(count: number): Span[] {
  return Array.from({ length: count }, (_, index) =>
    span(`s${index}`, {
      ...(index > 0 && { parentId: `s${Math.floor((index - 1) / 5)}` }),
      startMs: index / 10,
      durationMs: count / 10 - index / 10,
    }),
  );
}
