/**
 * A trace in the form in which it is sent to a page: one list per field instead of one object per span, and every text
 * only once. It is a third of the size of Jaeger's JSON, and reading 50,000 spans from it takes about 0.1 s.
 */
import { spanKinds } from './model.ts';
import type { Attributes, AttributeValue, DroppedCounts, MissingTimes, Span } from './model.ts';
import type { SpanLink, Trace } from './model.ts';

/**
 * Indexes refer to `values`, unless stated otherwise. Like `ids`, the other lists have one entry per span, in the same
 * order. Attributes are pairs of indexes, key and value, of all spans one after another.
 */
export interface TraceColumns {
  traceId: string;
  /** Every text, number, and boolean that occurs, once for each key that has it. */
  values: AttributeValue[];
  ids: string[];
  /** The index of the parent in `ids`; −1 if there is none; −2 − its index in `values` if it isn't in `ids`. */
  parents: number[];
  names: number[];
  /** Indexes into `resources`. */
  resourceOf: number[];
  resources: { service: string; attributes: number[] }[];
  /** Indexes into `scopes`. */
  scopeOf: number[];
  scopes: { name: string; version: string }[];
  /** Indexes into `spanKinds`. */
  kinds: number[];
  /** The earliest start, in µs since 1970; the starts are relative to it. */
  fromUs: number;
  startsUs: number[];
  durationsUs: number[];
  attributes: number[];
  /** For each span, where its attributes end. */
  attributeEnds: number[];
  /** Further fields, only for the spans that have any, by index in `ids`. */
  more: Record<number, MoreColumns>;
}

/** Fields that few spans have. */
export interface MoreColumns {
  error?: true;
  missingTimes?: MissingTimes;
  statusMessage?: string;
  traceState?: string;
  /** Times in µs from `fromUs`. */
  events?: { name: string; timeUs: number; attributes: number[]; droppedAttributes?: number }[];
  links?: SpanLink[];
  dropped?: DroppedCounts;
}

/** The trace in these columns. */
export function fromColumns(columns: TraceColumns): Trace {
  const { traceId, values, ids, fromUs, attributeEnds } = columns;
  const resources = columns.resources.map(({ attributes }) => attributesOf(values, attributes));
  const spans = ids.map((spanId, index): Span => {
    const more = columns.more[index] ?? {};
    const parent = columns.parents[index]!;
    const resourceAt = columns.resourceOf[index]!;
    const scope = columns.scopes[columns.scopeOf[index]!]!;
    const span: Span = {
      traceId,
      spanId,
      name: String(values[columns.names[index]!]),
      service: columns.resources[resourceAt]!.service,
      kind: spanKinds[columns.kinds[index]!]!,
      startUs: fromUs + columns.startsUs[index]!,
      durationUs: columns.durationsUs[index]!,
      error: more.error ?? false,
      statusMessage: more.statusMessage ?? '',
      traceState: more.traceState ?? '',
      scope: scope.name,
      scopeVersion: scope.version,
      attributes: attributesOf(values, columns.attributes, attributeEnds[index - 1], attributeEnds[index]),
      events: (more.events ?? []).map(({ timeUs, attributes, ...event }) => ({
        ...event,
        timeUs: fromUs + timeUs,
        attributes: attributesOf(values, attributes),
      })),
      links: more.links ?? [],
      resource: resources[resourceAt]!,
      warnings: [],
    };
    if (parent !== -1) span.parentId = parent >= 0 ? ids[parent]! : String(values[-2 - parent]);
    if (more.missingTimes) span.missingTimes = more.missingTimes;
    if (more.dropped) span.dropped = more.dropped;
    return span;
  });
  return { traceId, spans };
}

/** The attributes in some pairs of indexes. `fromEntries` defines each key as an own property, even `__proto__`. */
export function attributesOf(
  values: readonly AttributeValue[],
  pairs: readonly number[],
  from = 0,
  to = pairs.length,
): Attributes {
  const entries: [string, AttributeValue][] = [];
  for (let index = from; index < to; index += 2) {
    entries.push([String(values[pairs[index]!]), values[pairs[index + 1]!]!]);
  }
  return Object.fromEntries(entries);
}
