import type { StoredTrace, TraceStore } from '../store/store.ts';
import type { TraceSummary } from '../../trace/page-data.ts';

/** A trace in one line, from what is known of its spans without decoding them. */
export function summaryOf(store: TraceStore, trace: StoredTrace): TraceSummary {
  const spans = [...store.spans(trace)].map((span) => ({ ...span, ...store.ids(span) }));
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const roots = spans.filter(({ spanId, parentId }) => !ids.has(parentId) || spanId === parentId);
  const root = (roots.length > 0 ? roots : spans).reduce((first, span) =>
    span.startUs < first.startUs ? span : first,
  );

  const services = new Map<string, TraceSummary['services'][number]>();
  for (const { operation, error } of spans) {
    let service = services.get(operation.service);
    if (!service)
      services.set(operation.service, (service = { name: operation.service, spans: 0, errors: 0 }));
    service.spans++;
    if (error) service.errors++;
  }
  return {
    traceId: trace.id,
    rootService: root.operation.service,
    rootName: root.operation.name,
    startUs: trace.startUs,
    durationUs: Math.max(0, Math.round(trace.endUs - trace.startUs)),
    spans: trace.spans,
    errors: trace.errors,
    services: [...services.values()].toSorted((a, b) => b.spans - a.spans),
  };
}
