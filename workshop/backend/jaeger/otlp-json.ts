/**
 * Converts traces to OTLP's JSON, the format of Jaeger's API v3 (opentelemetry-proto, trace.proto; OTLP specification,
 * "JSON Protobuf Encoding"). Times have the precision of the model, µs; arrays and maps are strings of JSON.
 */
import { lacks } from '../../trace/missing-times.ts';
import {
  type Attributes,
  type AttributeTypes,
  type AttributeValue,
  endOf,
  type Span,
  spanKinds,
} from '../../trace/model.ts';

interface KeyValue {
  key: string;
  value: Record<string, unknown>;
}

/** The spans of one resource and scope. */
interface ScopeSpans {
  scope: object;
  spans: object[];
}

/** The message TracesData. */
export interface TracesData {
  resourceSpans: { resource: { attributes: KeyValue[] }; scopeSpans: ScopeSpans[] }[];
}

const STATUS_OK = 1;
const STATUS_ERROR = 2;

/** Converts spans, which may be of several traces. Spans of one resource and scope are together. */
export function toTracesData(spans: Iterable<Span>): TracesData {
  const resources = new Map<string, { attributes: KeyValue[]; scopes: Map<string, ScopeSpans> }>();
  // Spans of one resource share its object, so that each resource is converted only once.
  const known = new Map<Attributes, { attributes: KeyValue[]; scopes: Map<string, ScopeSpans> }>();
  for (const span of spans) {
    const resource = getOrAdd(known, span.resource, () => {
      const attributes = toKeyValues({ 'service.name': span.service, ...span.resource }, span.resourceTypes);
      return getOrAdd(resources, JSON.stringify(attributes), () => ({ attributes, scopes: new Map() }));
    });
    const { scope, scopeVersion, scopeAttributes = {} } = span;
    const group = getOrAdd(resource.scopes, JSON.stringify([scope, scopeVersion, scopeAttributes]), () => ({
      scope: {
        ...(scope && { name: scope }),
        ...(scopeVersion && { version: scopeVersion }),
        ...listed('attributes', toKeyValues(scopeAttributes)),
      },
      spans: [],
    }));
    group.spans.push(toOtlpSpan(span));
  }
  return {
    resourceSpans: [...resources.values()].map(({ attributes, scopes }) => ({
      resource: { attributes },
      scopeSpans: [...scopes.values()],
    })),
  };
}

function toOtlpSpan(span: Span): object {
  const { 'otel.status_code': status, ...attributes } = span.attributes;
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.traceState && { traceState: span.traceState }),
    ...(span.parentId && { parentSpanId: span.parentId }),
    name: span.name,
    ...(span.kind !== 'unspecified' && { kind: spanKinds.indexOf(span.kind) }),
    startTimeUnixNano: nanoseconds(lacks(span, 'start') ? 0 : span.startUs),
    endTimeUnixNano: nanoseconds(lacks(span, 'end') ? 0 : endOf(span)),
    ...listed('attributes', toKeyValues(attributes, span.types)),
    ...listed(
      'events',
      span.events.map(({ name, timeUs, attributes: own, types, droppedAttributes }) => ({
        timeUnixNano: nanoseconds(timeUs),
        name,
        ...listed('attributes', toKeyValues(own, types)),
        ...(droppedAttributes && { droppedAttributesCount: droppedAttributes }),
      })),
    ),
    ...listed(
      'links',
      span.links.map((link) => ({
        traceId: link.traceId,
        spanId: link.spanId,
        ...listed('attributes', toKeyValues(link.attributes ?? {})),
        ...(link.droppedAttributes && { droppedAttributesCount: link.droppedAttributes }),
      })),
    ),
    ...(span.dropped?.attributes && { droppedAttributesCount: span.dropped.attributes }),
    ...(span.dropped?.events && { droppedEventsCount: span.dropped.events }),
    ...(span.dropped?.links && { droppedLinksCount: span.dropped.links }),
    status: {
      ...(span.statusMessage && { message: span.statusMessage }),
      ...(span.error ? { code: STATUS_ERROR } : status === 'OK' ? { code: STATUS_OK } : {}),
    },
  };
}

/** A list under its name, unless it is empty: in proto3's JSON, what has its default value is left out. */
function listed(name: string, list: object[]): object {
  return list.length > 0 ? { [name]: list } : {};
}

/** Attributes in OTLP's JSON, by key. */
export function toKeyValues(attributes: Attributes, types?: AttributeTypes): KeyValue[] {
  return Object.keys(attributes)
    .toSorted()
    .map((key) => ({ key, value: toAnyValue(attributes[key]!, types?.get(key)) }));
}

function toAnyValue(value: AttributeValue, type: ReturnType<AttributeTypes['get']>): Record<string, unknown> {
  if (typeof value === 'boolean') return { boolValue: value };
  if (type === 'binary') return { bytesValue: value };
  if (type === 'int64' || (type === undefined && Number.isInteger(value))) return { intValue: String(value) };
  if (type === 'float64' || typeof value === 'number') return { doubleValue: value };
  return { stringValue: value };
}

/** A time in ns, which OTLP's JSON writes as text, from one in µs. */
export function nanoseconds(us: number): string {
  return (BigInt(Math.round(us)) * 1_000n).toString();
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const added = create();
  map.set(key, added);
  return added;
}
