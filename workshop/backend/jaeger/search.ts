import {
  mayHaveAttribute,
  resourceAttributes,
  scopeAttributes,
  spanAttributes,
  type WantedAttribute,
} from '../otlp/attributes.ts';
import { decodeResource, decodeScope, decodeSpan } from '../otlp/decode.ts';
import { indexedName } from '../store/operations.ts';
import type { StoredGroup, StoredSpan, StoredTrace, TraceStore } from '../store/store.ts';
import { madeTags, spanKinds, spanTags, toJaegerTag } from './trace.ts';

/** What traces are searched for. A trace is found when one of its spans meets all of it. */
export interface TraceQuery {
  /** Any service, if empty. */
  service: string;
  operation?: string;
  /** Attributes of the span, its events, links, scope or resource; or tags that Jaeger makes. Values as text. */
  tags: Record<string, string>;
  /** The span begins within these, both included. µs since 1970. */
  startUs: number;
  endUs: number;
  /** µs. */
  minDurationUs?: number;
  maxDurationUs?: number;
  /** How many traces at most. */
  limit: number;
}

/** Finds traces; those that began last come first. */
export function findTraces(store: TraceStore, query: TraceQuery): StoredTrace[] {
  const inTime = [...store.traces()].filter(
    ({ startUs, endUs }) => startUs <= query.endUs && endUs >= query.startUs,
  );
  const newestFirst = inTime.toSorted((a, b) => b.startUs - a.startUs);
  const tags = Object.entries(query.tags).map(wantedTag);
  const found: StoredTrace[] = [];
  for (const trace of newestFirst) {
    if (found.length === query.limit) break;
    if (matches(store, trace, query, tags)) found.push(trace);
  }
  return found;
}

interface WantedTag {
  key: string;
  value: string;
  attribute: WantedAttribute;
}

function wantedTag([key, value]: [string, string]): WantedTag {
  return { key, value, attribute: { key: Buffer.from(key), text: Buffer.from(value) } };
}

function matches(store: TraceStore, trace: StoredTrace, query: TraceQuery, tags: WantedTag[]): boolean {
  for (const span of store.spans(trace)) {
    if (!meetsIndexed(span, query)) continue;
    if (tags.length === 0) return true;
    const group = store.group(span);
    if (tags.every((tag) => mayHaveTag(span, group, tag)) && hasTags(group, tags)) return true;
  }
  return false;
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

/** Whether it is worth decoding a span to look for a tag: most spans are ruled out by their bytes. */
function mayHaveTag(
  { operation, error }: StoredSpan,
  group: StoredGroup,
  { key, value, attribute }: WantedTag,
) {
  if (key === 'error' && (error || value === 'false')) return true;
  if (key === 'span.kind' && spanKinds[operation.kind] === value) return true;
  if (madeTags.has(key) && key !== 'error' && key !== 'span.kind') return true;
  return (
    mayHaveAttribute(group.spans[0]!, spanAttributes, attribute) ||
    mayHaveAttribute(group.resource, resourceAttributes, attribute) ||
    mayHaveAttribute(group.scope, scopeAttributes, attribute)
  );
}

function hasTags(group: StoredGroup, tags: WantedTag[]): boolean {
  const scope = decodeScope(group.scope);
  const span = decodeSpan(group.spans[0]!);
  const attributes = [
    ...decodeResource(group.resource),
    ...scope.attributes,
    ...span.events.flatMap((event) => event.attributes),
    ...span.links.flatMap((link) => link.attributes),
  ];
  const present = [...spanTags(span, scope), ...attributes.map(toJaegerTag)];
  return tags.every(
    ({ key, value }) =>
      present.some((tag) => tag.key === key && String(tag.value) === value) ||
      (key === 'error' && value === 'false' && !present.some((tag) => tag.key === key)),
  );
}
