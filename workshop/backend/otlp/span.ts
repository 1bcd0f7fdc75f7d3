/** Converts encoded spans, resources, and scopes to the model. They must have passed `readSpanRequest`. */
import {
  type Attributes,
  type AttributeTypes,
  type AttributeValue,
  type DroppedCounts,
  type Span,
  type SpanEvent,
  type SpanLink,
  spanKinds,
} from '../../trace/model.ts';
import { missingTimes } from '../../trace/missing-times.ts';
import { decode, type Fixed64, type Hex, hexId, microseconds, readTimes } from './decode.ts';
import { resource as resourceType, scope as scopeType, span as spanType } from './messages.ts';

/** `service` is `service.name`; if that is missing, empty, or not a string, it is the name that Jaeger shows instead. */
export type Resource = Pick<Span, 'service' | 'resource' | 'resourceTypes'>;

export type Scope = Pick<Span, 'scope' | 'scopeVersion' | 'scopeAttributes'>;

/** What protobufjs decodes. */
interface SpanMessage {
  spanId: Hex;
  traceState: string;
  parentSpanId: Hex;
  name: string;
  kind: number;
  startTimeUnixNano: Fixed64;
  endTimeUnixNano: Fixed64;
  attributes: KeyValue[];
  droppedAttributesCount: number;
  events: { timeUnixNano: Fixed64; name: string; attributes: KeyValue[]; droppedAttributesCount: number }[];
  droppedEventsCount: number;
  links: { traceId: Hex; spanId: Hex; attributes: KeyValue[]; droppedAttributesCount: number }[];
  droppedLinksCount: number;
  status: { code: number; message: string } | null;
}

export interface KeyValue {
  key: string;
  value: AnyValue | null;
}

/** `value` is the name of the field that is set; the others have their defaults. */
export interface AnyValue {
  value?:
    'stringValue' | 'boolValue' | 'intValue' | 'doubleValue' | 'arrayValue' | 'kvlistValue' | 'bytesValue';
  stringValue: string;
  boolValue: boolean;
  intValue: Fixed64 & { toString(): string };
  doubleValue: number;
  arrayValue: { values: AnyValue[] };
  kvlistValue: { values: KeyValue[] };
  bytesValue: Hex;
}

const STATUS_OK = 1;
const STATUS_ERROR = 2;

/** Reads a Resource. */
export function readResource(bytes: Uint8Array): Resource {
  const message = decode(resourceType, bytes) as { attributes: KeyValue[] };
  const { attributes, types } = readAttributes(
    message.attributes.filter(({ key }) => key !== 'service.name'),
  );
  return {
    service: serviceName(message.attributes),
    resource: attributes,
    ...(types && { resourceTypes: types }),
  };
}

/** The names are those of internal/jptrace/sanitizer/emptyservicename.go in Jaeger. */
function serviceName(attributes: readonly KeyValue[]): string {
  const named = attributes.findLast(({ key }) => key === 'service.name');
  if (!named) return 'missing-service-name';
  if (named.value?.value !== 'stringValue') return 'service-name-wrong-type';
  return named.value.stringValue || 'empty-service-name';
}

/** Reads an InstrumentationScope. */
export function readScope(bytes: Uint8Array): Scope {
  const message = decode(scopeType, bytes) as {
    name: string;
    version: string;
    attributes: KeyValue[];
  };
  return {
    scope: message.name,
    scopeVersion: message.version,
    ...(message.attributes.length > 0 && { scopeAttributes: readAttributes(message.attributes).attributes }),
  };
}

/** Reads a Span. */
export function readSpan(bytes: Uint8Array, traceId: string, resource: Resource, scope: Scope): Span {
  const message = decode(spanType, bytes) as SpanMessage;
  const { status } = message;
  const { startUs, durationNs, missing } = readTimes(message.startTimeUnixNano, message.endTimeUnixNano);
  const { attributes, types } = readAttributes(message.attributes);
  const span: Span = {
    traceId,
    spanId: hexId(message.spanId),
    name: message.name || 'empty-span-name',
    service: resource.service,
    kind: spanKinds[message.kind] ?? 'unspecified',
    startUs,
    durationUs: Math.trunc(durationNs / 1_000),
    error: status?.code === STATUS_ERROR,
    statusMessage: status?.message ?? '',
    traceState: message.traceState,
    scope: scope.scope,
    scopeVersion: scope.scopeVersion,
    attributes,
    events: message.events.map(readEvent),
    links: message.links.map(readLink).filter((link) => link.traceId !== ''),
    resource: resource.resource,
    warnings: [],
  };
  if (missing) {
    span.missingTimes = missing;
    span.warnings.push(missingTimes[missing]);
  }
  const parentId = hexId(message.parentSpanId);
  if (parentId) span.parentId = parentId;
  if (status?.code === STATUS_OK) attributes['otel.status_code'] = 'OK';
  if (types) span.types = types;
  if (resource.resourceTypes) span.resourceTypes = resource.resourceTypes;
  if (scope.scopeAttributes) span.scopeAttributes = scope.scopeAttributes;
  const dropped = droppedFrom(message);
  if (dropped) span.dropped = dropped;
  if (durationNs <= 0) span.warnings.push('Negative duration detected, sanitizing end timestamp');
  if (span.links.length < message.links.length) span.warnings.push('Invalid span link removed');
  return span;
}

function readLink(message: SpanMessage['links'][number]): SpanLink {
  const { traceId, spanId, attributes, droppedAttributesCount } = message;
  return {
    traceId: hexId(traceId),
    spanId: hexId(spanId),
    ...(attributes.length > 0 && { attributes: readAttributes(attributes).attributes }),
    ...(droppedAttributesCount > 0 && { droppedAttributes: droppedAttributesCount }),
  };
}

function readEvent(message: SpanMessage['events'][number]): SpanEvent {
  const { timeUnixNano, name, attributes, droppedAttributesCount } = message;
  return {
    name,
    timeUs: microseconds(timeUnixNano),
    ...readAttributes(attributes),
    ...(droppedAttributesCount > 0 && { droppedAttributes: droppedAttributesCount }),
  };
}

function droppedFrom(message: SpanMessage): DroppedCounts | undefined {
  const attributes = message.droppedAttributesCount;
  const events = message.droppedEventsCount;
  const links = message.droppedLinksCount;
  return attributes + events + links > 0 ? { attributes, events, links } : undefined;
}

/** If several attributes have the same key, the last one counts. */
export function readAttributes(list: readonly KeyValue[]): {
  attributes: Attributes;
  types?: AttributeTypes;
} {
  const attributes: Attributes = {};
  const types = new Map<string, 'int64' | 'float64' | 'binary'>();
  for (const { key, value } of list) {
    const read = value ? readValue(value) : '';
    if (key === '__proto__') Object.defineProperty(attributes, key, { ...ownProperty, value: read });
    else attributes[key] = read;
    const type = hiddenType(value, read);
    if (type) types.set(key, type);
    else if (types.size > 0) types.delete(key);
  }
  return types.size > 0 ? { attributes, types } : { attributes };
}

const ownProperty = { configurable: true, enumerable: true, writable: true };

export function readValue(message: AnyValue): AttributeValue {
  if (message.stringValue) return message.stringValue; // nearly all values are text
  const plain = plainValue(message);
  if (plain === null) return '';
  return typeof plain === 'object' ? JSON.stringify(plain) : (plain as AttributeValue);
}

/** The type of a value, if it has to be listed in `AttributeTypes`. */
function hiddenType(
  message: AnyValue | null,
  read: AttributeValue,
): 'int64' | 'float64' | 'binary' | undefined {
  if (!message || message.stringValue || typeof read === 'boolean') return undefined;
  const { value } = message;
  if (value === 'intValue' && typeof read === 'string') return 'int64';
  if (value === 'doubleValue' && (typeof read === 'string' || Number.isInteger(read))) return 'float64';
  return value === 'bytesValue' ? 'binary' : undefined;
}

/** A value that JSON can represent. */
function plainValue(message: AnyValue): unknown {
  if (message.stringValue) return message.stringValue;
  switch (message.value) {
    case undefined:
      return null;
    case 'stringValue':
      return message.stringValue;
    case 'boolValue':
      return message.boolValue;
    case 'intValue':
      return safeInteger(message.intValue);
    case 'doubleValue':
      return Number.isFinite(message.doubleValue) ? message.doubleValue : String(message.doubleValue);
    case 'bytesValue':
      return Buffer.from(String(message.bytesValue), 'hex').toString('base64');
    case 'arrayValue':
      return message.arrayValue.values.map(plainValue);
    case 'kvlistValue':
      return Object.fromEntries(
        message.kvlistValue.values.map(({ key, value }) => [key, value ? plainValue(value) : null]),
      );
  }
}

function safeInteger(integer: Fixed64 & { toString(): string }): number | string {
  const number = integer.high * 2 ** 32 + (integer.low >>> 0);
  return Number.isSafeInteger(number) ? number : integer.toString();
}
