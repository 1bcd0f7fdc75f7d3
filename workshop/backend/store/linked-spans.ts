import type { LinkedSpan, LinkedSpans } from '../../trace/page-data.ts';
import type { StoredSpan, StoredTrace, TraceStore } from './store.ts';

/** More spans than this that link to a trace aren't listed. */
const MAX_BACKLINKS = 200;

/** The spans to which a trace links, if they are kept, and the spans that link to it. */
export function linkedSpans(store: TraceStore, trace: StoredTrace): LinkedSpans {
  const links = trace.spans.flatMap((span) => span.links);
  const ids = [...new Set(links.map(({ traceId }) => traceId))];
  const spans = new Map(ids.map((id) => [id, spansById(store.get(id))]));
  const targets = links.flatMap(({ traceId, spanId }) => {
    const span = spans.get(traceId)!.get(spanId);
    return span ? [described(traceId, span)] : [];
  });
  return { targets, backlinks: backlinksOf(store, trace.id) };
}

/** Looks through all spans, which takes about 1 ms, because few have links. */
function backlinksOf(store: TraceStore, id: string): LinkedSpans['backlinks'] {
  const backlinks: LinkedSpans['backlinks'] = [];
  for (const trace of store.traces()) {
    for (const span of trace.spans) {
      for (const { traceId, spanId } of span.links)
        if (traceId === id) backlinks.push({ ...described(trace.id, span), to: spanId });
    }
    if (backlinks.length >= MAX_BACKLINKS) break;
  }
  return backlinks.slice(0, MAX_BACKLINKS);
}

function spansById(trace: StoredTrace | undefined): Map<string, StoredSpan> {
  return new Map(trace?.spans.map((span) => [span.spanId, span]));
}

function described(traceId: string, { spanId, operation }: StoredSpan): LinkedSpan {
  return { traceId, spanId, service: operation.service, name: operation.name };
}
