import { findTraces, type TraceQuery } from '../jaeger/search.ts';
import { digitsThatTell } from '../store/find-ids.ts';
import type { TraceStore } from '../store/store.ts';
import type { FilterStep, SearchResponse } from '../../trace/page-data.ts';
import { summaryOf } from './summary.ts';

/** Finds traces for the search page, and lists what can be chosen in its form. */
export function searchResponse(store: TraceStore, query: TraceQuery): SearchResponse {
  const found = findTraces(store, query);
  const count = (less: TraceQuery) => findTraces(store, { ...less, limit: Infinity }).length;
  return {
    traces: found.map((trace) => summaryOf(trace)),
    services: store.operations.services(),
    operations: [...new Set(store.operations.of(query.service).map(({ name }) => name))],
    kept: store.status().traces,
    idDigits: digitsThatTell(
      store,
      found.map(({ id }) => id),
    ),
    ...(found.length === 0 && { left: filterSteps(query, count) }),
  };
}

/** Adds one filter after another, and counts the traces that are left after each of them. */
function filterSteps(query: TraceQuery, count: (query: TraceQuery) => number): FilterStep[] {
  const { startUs, endUs, limit, service, operation, minDurationUs, maxDurationUs, tags } = query;
  const steps: { filter: FilterStep['filter']; added: Partial<TraceQuery>; isAsked: boolean }[] = [
    { filter: 'time', added: { startUs, endUs }, isAsked: startUs > 0 },
    { filter: 'service', added: { service }, isAsked: service !== '' },
    { filter: 'operation', added: { ...(operation && { operation }) }, isAsked: operation !== undefined },
    {
      filter: 'duration',
      added: { ...(minDurationUs && { minDurationUs }), ...(maxDurationUs && { maxDurationUs }) },
      isAsked: minDurationUs !== undefined || maxDurationUs !== undefined,
    },
    { filter: 'tags', added: { tags }, isAsked: Object.keys(tags).length > 0 },
  ];
  let soFar: TraceQuery = { service: '', tags: {}, startUs: -Infinity, endUs: Infinity, limit };
  const left: FilterStep[] = [];
  for (const { filter, added, isAsked } of steps) {
    soFar = { ...soFar, ...added };
    if (isAsked) left.push({ filter, traces: count(soFar) });
  }
  return left;
}
