/**
 * Converts traces to the JSON of Jaeger's v1 API, like Jaeger's adjusters (jaegerquery/internal/adjuster) and the
 * collector's translator to Jaeger.
 */
import type { Attributes, AttributeTypes, AttributeValue, Span, SpanEvent } from '../../trace/model.ts';
import type {
  JaegerLog,
  JaegerProcess,
  JaegerReference,
  JaegerSpan,
  JaegerTag,
  JaegerTrace,
} from '../../trace/jaeger-json.ts';

/** A trace as Jaeger shows it. Resources get the keys p1, p2, and so on. */
export function toJaegerTrace(traceId: string, spans: Iterable<Span>): JaegerTrace {
  const processes = new Processes();
  const converted = [...spans].map((span) => toJaegerSpan(span, processes.idOf(span)));
  const ids = new Set(converted.map((span) => span.spanID));
  for (const span of converted) {
    const parent = span.references.find(({ refType }) => refType === 'CHILD_OF')?.spanID;
    if (parent === undefined || ids.has(parent)) continue;
    const warning = `parent span ID=${parent} is not in the trace; skipping clock skew adjustment`;
    span.warnings = [...(span.warnings ?? []), warning];
  }
  return { traceID: traceId, spans: converted, processes: processes.all, warnings: null };
}

/** Gives each resource a key; equal resources share one. */
class Processes {
  readonly all: Record<string, JaegerProcess> = {};
  readonly #byResource = new Map<Attributes, string>();
  readonly #byText = new Map<string, string>();

  /** Spans of one resource share its object, so that each resource is converted to text only once. */
  idOf({ service, resource, resourceTypes }: Span): string {
    const known = this.#byResource.get(resource);
    if (known) return known;
    const process = { serviceName: service, tags: toTags(resource, resourceTypes) };
    const text = JSON.stringify(process);
    const id = this.#byText.get(text) ?? `p${this.#byText.size + 1}`;
    this.#byResource.set(resource, id);
    this.#byText.set(text, id);
    this.all[id] = process;
    return id;
  }
}

function toJaegerSpan(span: Span, processID: string): JaegerSpan {
  return {
    traceID: span.traceId,
    spanID: span.spanId,
    operationName: span.name,
    references: references(span),
    startTime: span.startUs,
    duration: Math.max(0, span.durationUs),
    tags: spanTags(span),
    logs: span.events.map(toJaegerLog),
    processID,
    warnings: span.warnings.length > 0 ? span.warnings : null,
  };
}

function references({ traceId, parentId, links }: Span): JaegerReference[] {
  const linked = links.map((link) => ({
    refType: 'FOLLOWS_FROM' as const,
    traceID: link.traceId,
    spanID: link.spanId,
  }));
  return parentId ? [{ refType: 'CHILD_OF', traceID: traceId, spanID: parentId }, ...linked] : linked;
}

/** The tags of a span in Jaeger: its attributes by key, and around them the OpenTelemetry fields that Jaeger lacks. */
export function spanTags(span: Span): JaegerTag[] {
  const { scope, scopeVersion, kind, error, statusMessage, traceState, types } = span;
  const { 'otel.status_code': status, ...attributes } = span.attributes;
  const text = (key: string, value: string): JaegerTag[] => (value ? [{ key, type: 'string', value }] : []);
  return [
    ...text('otel.scope.name', scope),
    ...text('otel.scope.version', scopeVersion),
    ...toTags(attributes, types),
    ...text('span.kind', kind === 'unspecified' ? '' : kind),
    ...text('otel.status_code', error ? 'ERROR' : String(status ?? '')),
    ...(error ? [{ key: 'error', type: 'bool' as const, value: true }] : []),
    ...text('otel.status_description', statusMessage),
    ...text('w3c.tracestate', traceState),
  ];
}

function toJaegerLog({ timeUs, name, attributes, types }: SpanEvent): JaegerLog {
  const fields = toTags(attributes, types);
  if (name && !Object.hasOwn(attributes, 'event'))
    fields.unshift({ key: 'event', type: 'string', value: name });
  return { timestamp: timeUs, fields };
}

/** Attributes as tags, by key. */
export function toTags(attributes: Attributes, types?: AttributeTypes): JaegerTag[] {
  const keys = Object.keys(attributes).toSorted();
  return keys.map((key) => {
    const value = attributes[key]!;
    return { key, type: types?.get(key) ?? typeOf(value), value };
  });
}

function typeOf(value: AttributeValue): JaegerTag['type'] {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  return Number.isInteger(value) ? 'int64' : 'float64';
}
