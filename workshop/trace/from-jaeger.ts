import { missingTimesIn } from './missing-times.ts';
import { type AttributeValue, type Attributes, type Span, type SpanEvent, spanKinds } from './model.ts';
import type { SpanKind, Trace } from './model.ts';

type Json = Record<string, unknown>;

const kinds: ReadonlySet<string> = new Set(spanKinds.slice(1));

/**
 * Reads one trace of Jaeger's v1 JSON: an element of `data` in the response of `/api/traces/{id}`.
 *
 * The tags that Jaeger adds (`span.kind`, `otel.status_code`, `error`, `w3c.tracestate`, and so on) become the fields
 * that they were in OpenTelemetry, and aren't attributes. There is one exception: a status of OK stays an attribute,
 * `otel.status_code`, because a span of the model only says whether there was an error.
 *
 * Lists that are null or missing are empty. Throws a TypeError that says what is wrong if `json` is not a trace.
 */
export function fromJaeger(json: unknown): Trace {
  const trace = object(json, 'a trace');
  if ('data' in trace && !('spans' in trace)) {
    throw notATrace('it is the envelope of a response: pass one element of its "data"');
  }
  if (!Array.isArray(trace['spans'])) throw notATrace('it has no list "spans"');
  const processes = object(trace['processes'] ?? {}, '"processes"');
  const resources = new Map(Object.entries(processes).map(([id, process]) => [id, readProcess(id, process)]));
  const spans = trace['spans'].map((span, index) => readSpan(span, index, resources));
  return {
    traceId: text(trace['traceID'] ?? spans[0]?.traceId ?? '', 'the trace', 'traceID').toLowerCase(),
    spans,
  };
}

interface Resource {
  service: string;
  attributes: Attributes;
}

function readProcess(id: string, json: unknown): Resource {
  const process = object(json, `process ${id}`);
  return {
    service: text(process['serviceName'] ?? '', `process ${id}`, 'serviceName'),
    attributes: attributesOf(tagsOf(process['tags'], `process ${id}`)),
  };
}

function readSpan(json: unknown, index: number, resources: Map<string, Resource>): Span {
  const what = `span ${index + 1}`;
  const span = object(json, what);
  const spanId = text(span['spanID'], what, 'spanID').toLowerCase();
  const traceId = text(span['traceID'], what, 'traceID').toLowerCase();
  const tags = tagsOf(span['tags'], what);
  const take = (key: string): AttributeValue | undefined => {
    const value = tags.get(key);
    tags.delete(key);
    return value;
  };

  const kind = String(tags.get('span.kind') ?? '').toLowerCase();
  if (kinds.has(kind)) tags.delete('span.kind');
  const failed = tags.get('otel.status_code') === 'ERROR' || String(tags.get('error')) === 'true';
  if (failed) {
    tags.delete('otel.status_code');
    tags.delete('error');
  }

  const references = list(span['references'], what, 'references').map((reference) =>
    readReference(reference, what),
  );
  const parent = references.find(({ childOf, link }) => childOf && link.traceId === traceId);
  // A span without a process is still worth showing, under the name that Jaeger shows for a missing service name.
  const resource = resources.get(String(span['processID'])) ?? {
    service: 'missing-service-name',
    attributes: {},
  };

  const warnings = list(span['warnings'], what, 'warnings').map(String);
  const missing = missingTimesIn(warnings);

  return {
    traceId,
    spanId,
    ...(parent && { parentId: parent.link.spanId }),
    name: text(span['operationName'] ?? '', what, 'operationName'),
    service: resource.service,
    kind: kinds.has(kind) ? (kind as SpanKind) : 'unspecified',
    startUs: number(span['startTime'], what, 'startTime'),
    durationUs: number(span['duration'], what, 'duration'),
    error: failed,
    statusMessage: String(take('otel.status_description') ?? ''),
    traceState: String(take('w3c.tracestate') ?? ''),
    scope: String(take('otel.scope.name') ?? ''),
    scopeVersion: String(take('otel.scope.version') ?? ''),
    attributes: attributesOf(tags),
    events: list(span['logs'], what, 'logs').map((log) => readEvent(log, what)),
    links: references.filter((reference) => reference !== parent).map(({ link }) => link),
    resource: resource.attributes,
    ...(missing && { missingTimes: missing }),
    warnings,
  };
}

function readReference(json: unknown, what: string) {
  const reference = object(json, `a reference of ${what}`);
  return {
    childOf: reference['refType'] === 'CHILD_OF',
    link: {
      traceId: text(reference['traceID'], `a reference of ${what}`, 'traceID').toLowerCase(),
      spanId: text(reference['spanID'], `a reference of ${what}`, 'spanID').toLowerCase(),
    },
  };
}

function readEvent(json: unknown, what: string): SpanEvent {
  const log = object(json, `a log of ${what}`);
  const fields = tagsOf(log['fields'], `a log of ${what}`);
  const name = String(fields.get('event') ?? '');
  fields.delete('event');
  return {
    name,
    timeUs: number(log['timestamp'], `a log of ${what}`, 'timestamp'),
    attributes: attributesOf(fields),
  };
}

/** If several tags have the same key, the last one counts: Jaeger writes its own tags after the attributes. */
function tagsOf(json: unknown, what: string): Map<string, AttributeValue> {
  const tags = new Map<string, AttributeValue>();
  for (const item of list(json, what, 'tags')) {
    const tag = object(item, `a tag of ${what}`);
    const value = tag['value'];
    const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    tags.set(text(tag['key'], `a tag of ${what}`, 'key'), plain ? value : JSON.stringify(value ?? null));
  }
  return tags;
}

/** `fromEntries` defines each key as an own property, even `__proto__`. */
function attributesOf(tags: Map<string, AttributeValue>): Attributes {
  return Object.fromEntries(tags);
}

function object(json: unknown, what: string): Json {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Json;
  throw notATrace(`${what} must be an object, not ${nameOfType(json)}`);
}

function list(json: unknown, what: string, key: string): unknown[] {
  if (json === undefined || json === null) return [];
  if (Array.isArray(json)) return json;
  throw notATrace(`"${key}" of ${what} must be a list, not ${nameOfType(json)}`);
}

function text(json: unknown, what: string, key: string): string {
  if (typeof json === 'string') return json;
  throw notATrace(`"${key}" of ${what} must be a string, not ${nameOfType(json)}`);
}

function number(json: unknown, what: string, key: string): number {
  if (typeof json === 'number' && Number.isFinite(json)) return json;
  throw notATrace(`"${key}" of ${what} must be a number, not ${nameOfType(json)}`);
}

function nameOfType(json: unknown): string {
  if (json === undefined) return 'missing';
  if (json === null) return 'null';
  return Array.isArray(json) ? 'a list' : `a ${typeof json}`;
}

function notATrace(reason: string): TypeError {
  return new TypeError(`This is not a trace in Jaeger's JSON: ${reason}.`);
}
