import type { Span } from '../../trace/model.ts';
import { indexedName } from '../store/operations.ts';
import { bytesOf } from '../store/intake.ts';
import type { StoredSpan, StoredTrace, TraceStore } from '../store/store.ts';
import { spanTags, toTags } from './trace.ts';

/** The conditions of a search. A trace is found if one of its spans meets all of them. */
export interface TraceQuery {
  /** Any service, if empty. */
  service: string;
  operation?: string;
  /** Attributes of the span, its events, links, scope, or resource; or tags that Jaeger derives. Values are text. */
  tags: Record<string, string>;
  /** The span begins between these times, both inclusive. µs since 1970. */
  startUs: number;
  endUs: number;
  /** µs. */
  minDurationUs?: number;
  maxDurationUs?: number;
  /** The maximum number of traces. */
  limit: number;
}

/** Finds traces, newest first. */
export function findTraces(store: TraceStore, query: TraceQuery): StoredTrace[] {
  const inTime = [...store.traces()].filter(
    ({ startUs, endUs }) => startUs <= query.endUs && endUs >= query.startUs,
  );
  const newestFirst = inTime.toSorted((a, b) => b.startUs - a.startUs);
  const tags = Object.entries(query.tags).map(([key, value]) => ({ key, value, bytes: Buffer.from(key) }));
  const read = store.reader();
  const found: StoredTrace[] = [];
  for (const trace of newestFirst) {
    if (found.length === query.limit) break;
    const isFound = trace.spans.some(
      (span) =>
        meetsIndexed(span, query) &&
        tags.every((tag) => mayHaveTag(span, tag)) &&
        (tags.length === 0 || hasTags(read(span, trace), tags)),
    );
    if (isFound) found.push(trace);
  }
  return found;
}

interface WantedTag {
  key: string;
  value: string;
  /** The key as encoded messages contain it. */
  bytes: Buffer;
}

function meetsIndexed({ operation, startUs, durationUs }: StoredSpan, query: TraceQuery): boolean {
  return (
    (query.service === '' || operation.service === query.service) &&
    (query.operation === undefined || operation.name === indexedName(query.operation)) &&
    startUs >= query.startUs &&
    startUs <= query.endUs &&
    (query.minDurationUs === undefined || durationUs >= query.minDurationUs) &&
    (query.maxDurationUs === undefined || durationUs <= query.maxDurationUs)
  );
}

/** Keys of the tags that are not attributes: Jaeger derives them from fields of the span. */
const madeTags: ReadonlySet<string> = new Set([
  'otel.scope.name',
  'otel.scope.version',
  'span.kind',
  'otel.status_code',
  'error',
  'otel.status_description',
  'w3c.tracestate',
]);

/** Whether it is worth decoding a span to look for a tag: most spans do not contain its key. */
function mayHaveTag(span: StoredSpan, tag: WantedTag): boolean {
  const { bytes, scopeEnd } = span.group;
  return (
    madeTags.has(tag.key) ||
    bytesOf(span).includes(tag.bytes) ||
    bytes.subarray(0, scopeEnd).includes(tag.bytes)
  );
}

function hasTags(span: Span, wanted: readonly WantedTag[]): boolean {
  const elsewhere = [
    { ...span.resource, 'service.name': span.service },
    span.scopeAttributes ?? {},
    ...span.events.map(({ attributes }) => attributes),
    ...span.links.map(({ attributes }) => attributes ?? {}),
  ];
  const present = [...spanTags(span), ...elsewhere.flatMap((attributes) => toTags(attributes))];
  return wanted.every(
    ({ key, value }) =>
      present.some((tag) => tag.key === key && String(tag.value) === value) ||
      (key === 'error' && value === 'false' && !present.some((tag) => tag.key === key)),
  );
}
