import type { LinkedSpan, LinkedSpans } from '../../trace/page-data.ts';
import type { SpanAddress } from './links.ts';
import type { StoredSpan, StoredTrace, TraceStore } from './store.ts';

/** More spans than this that link to a trace aren't listed. */
const MAX_BACKLINKS = 200;

/** The spans to which a trace links, if they are kept, and the spans that link to it. */
export function linkedSpans(store: TraceStore, trace: StoredTrace): LinkedSpans {
  const links = store.links.from(trace);
  const spans = new Map(
    [...new Set(links.map(({ to }) => to.traceId))].map((id) => [id, spansById(store.get(id))]),
  );
  const targets = links.flatMap(({ to }) => {
    const span = spans.get(to.traceId)!.get(to.spanId);
    return span ? [described(to, span)] : [];
  });
  const sources = store.links.to(trace.id).slice(0, MAX_BACKLINKS);
  return {
    targets,
    backlinks: sources.map(({ from, to }) => ({
      ...described({ traceId: from.trace.id, spanId: from.span.spanId }, from.span),
      to: to.spanId,
    })),
  };
}

function spansById(trace: StoredTrace | undefined): Map<string, StoredSpan> {
  return new Map(trace?.spans.map((span) => [span.spanId, span]));
}

function described({ traceId, spanId }: SpanAddress, { operation }: StoredSpan): LinkedSpan {
  return { traceId, spanId, service: operation.service, name: operation.name };
}
