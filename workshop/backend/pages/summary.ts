import type { StoredTrace } from '../store/store.ts';
import type { TraceSummary } from '../../trace/page-data.ts';

/** Summarizes a trace in one line without decoding its spans. */
export function summaryOf(trace: StoredTrace): TraceSummary {
  const { spans } = trace;
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const roots = spans.filter(({ spanId, parentId }) => !ids.has(parentId) || spanId === parentId);
  const root = (roots.length > 0 ? roots : spans).reduce((first, span) =>
    span.startUs < first.startUs ? span : first,
  );

  const services = new Map<string, TraceSummary['services'][number]>();
  for (const { group, error } of spans) {
    const name = group.service;
    const service = services.get(name) ?? { name, spans: 0, errors: 0 };
    services.set(name, service);
    service.spans++;
    if (error) service.errors++;
  }
  return {
    traceId: trace.id,
    rootService: root.group.service,
    rootName: root.operation.name,
    startUs: trace.startUs,
    durationUs: Math.max(0, Math.round(trace.endUs - trace.startUs)),
    spans: spans.length,
    errors: trace.errors,
    services: [...services.values()].toSorted((a, b) => b.spans - a.spans),
  };
}
