/**
 * OTLP spans in the form in which Jaeger's v1 API gives them: the work of Jaeger's sanitizers and adjusters
 * (internal/jptrace/sanitizer, jaegerquery/internal/adjuster) and of the collector's translator to Jaeger, in one step.
 */
import {
  type Attribute,
  decodeResource,
  decodeScope,
  decodeSpan,
  type OtlpEvent,
  type OtlpSpan,
  type OtlpValue,
  type Scope,
} from '../otlp/decode.ts';
import type { StoredGroup } from '../store/store.ts';
import type {
  JaegerLog,
  JaegerProcess,
  JaegerReference,
  JaegerSpan,
  JaegerTag,
  JaegerTrace,
} from '../../trace/jaeger-json.ts';

/** By the number of the kind in OTLP; the first is that of a span that does not say. */
export const spanKinds = ['', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

const STATUS_OK = 1;
const STATUS_ERROR = 2;

/** A trace as Jaeger shows it, from what is kept of it. Resources get the keys p1, p2 and so on. */
export function toJaegerTrace(traceId: string, groups: Iterable<StoredGroup>): JaegerTrace {
  const processes = new Processes();
  const spans: JaegerSpan[] = [];
  for (const group of groups) {
    const processID = processes.idOf(decodeResource(group.resource));
    const scope = decodeScope(group.scope);
    for (const span of group.spans) spans.push(toJaegerSpan(traceId, decodeSpan(span), scope, processID));
  }

  const ids = new Set(spans.map((span) => span.spanID));
  for (const span of spans) {
    const parent = span.references.find(({ refType }) => refType === 'CHILD_OF')?.spanID;
    if (parent === undefined || ids.has(parent)) continue;
    warn(span, `parent span ID=${parent} is not in the trace; skipping clock skew adjustment`);
  }
  return { traceID: traceId, spans, processes: processes.all, warnings: null };
}

/** Gives each resource a key; equal ones share it. */
class Processes {
  readonly all: Record<string, JaegerProcess> = {};
  readonly #ids = new Map<string, string>();

  idOf(resource: Attribute[]): string {
    const process = toJaegerProcess(resource);
    const text = JSON.stringify(process);
    const known = this.#ids.get(text);
    if (known) return known;
    const id = `p${this.#ids.size + 1}`;
    this.#ids.set(text, id);
    this.all[id] = process;
    return id;
  }
}

/** A resource as Jaeger names it. */
export function toJaegerProcess(attributes: Attribute[]): JaegerProcess {
  const name = attributes.findLast(({ key }) => key === 'service.name');
  return {
    serviceName: !name
      ? 'missing-service-name'
      : typeof name.value !== 'string'
        ? 'service-name-wrong-type'
        : name.value || 'empty-service-name',
    tags: sortedTags(attributes.filter(({ key }) => key !== 'service.name')),
  };
}

function toJaegerSpan(traceID: string, span: OtlpSpan, scope: Scope, processID: string): JaegerSpan {
  const { startNs, endNs } = span;
  const converted: JaegerSpan = {
    traceID,
    spanID: span.spanId,
    operationName: span.name || 'empty-span-name',
    references: references(traceID, span),
    startTime: microseconds(startNs),
    duration: endNs > startNs ? microseconds(endNs - startNs) : 0,
    tags: spanTags(span, scope),
    logs: span.events.map(toJaegerLog),
    processID,
    warnings: null,
  };
  if (endNs <= startNs) {
    warn(
      converted,
      `Negative duration detected, sanitizing end timestamp. Original end timestamp: ${goTime(endNs)}, ` +
        `adjusted to: ${goTime(startNs + 1n)}`,
    );
  }
  if (span.links.some(({ traceId }) => traceId === '')) warn(converted, 'Invalid span link removed');
  return converted;
}

function references(traceID: string, { parentSpanId, links }: OtlpSpan): JaegerReference[] {
  const parent: JaegerReference[] =
    parentSpanId === '' ? [] : [{ refType: 'CHILD_OF', traceID, spanID: parentSpanId }];
  if (links.length === 0) return parent;
  const linked = links
    .filter(({ traceId }) => traceId !== '')
    .map((link) => ({ refType: 'FOLLOWS_FROM' as const, traceID: link.traceId, spanID: link.spanId }));
  return [...parent, ...linked];
}

/** Keys of the tags that are no attributes but made by Jaeger, of what OpenTelemetry has fields for. */
export const madeTags: ReadonlySet<string> = new Set([
  'otel.scope.name',
  'otel.scope.version',
  'span.kind',
  'otel.status_code',
  'error',
  'otel.status_description',
  'w3c.tracestate',
]);

/** Jaeger's tags of a span: its attributes by key, and around them what Jaeger makes tags of. */
export function spanTags(span: OtlpSpan, scope: Scope): JaegerTag[] {
  const tags: JaegerTag[] = [];
  const addText = (key: string, value: string | undefined) => {
    if (value) tags.push({ key, type: 'string', value });
  };
  addText('otel.scope.name', scope.name);
  addText('otel.scope.version', scope.version);
  for (const tag of sortedTags(span.attributes)) tags.push(tag);
  addText('span.kind', spanKinds[span.kind]);
  if (span.statusCode === STATUS_OK) addText('otel.status_code', 'OK');
  if (span.statusCode === STATUS_ERROR) {
    addText('otel.status_code', 'ERROR');
    tags.push({ key: 'error', type: 'bool', value: true });
  }
  addText('otel.status_description', span.statusMessage);
  addText('w3c.tracestate', span.traceState);
  return tags;
}

function toJaegerLog({ timeNs, name, attributes }: OtlpEvent): JaegerLog {
  const fields = sortedTags(attributes);
  if (name && !attributes.some(({ key }) => key === 'event')) {
    fields.unshift({ key: 'event', type: 'string', value: name });
  }
  return { timestamp: microseconds(timeNs), fields };
}

function sortedTags(attributes: Attribute[]): JaegerTag[] {
  return attributes.map(toJaegerTag).toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

/** An attribute as a tag: integers past 2^53 as text, bytes as base64, arrays and maps as JSON text. */
export function toJaegerTag({ key, value }: Attribute): JaegerTag {
  switch (typeof value) {
    case 'string':
      return { key, type: 'string', value };
    case 'boolean':
      return { key, type: 'bool', value };
    case 'bigint':
      return { key, type: 'int64', value: safeInteger(value) };
    case 'number':
      return { key, type: 'float64', value: safeDouble(value) };
    default:
      if (Buffer.isBuffer(value)) return { key, type: 'binary', value: value.toString('base64') };
      return { key, type: 'string', value: value === null ? '' : JSON.stringify(plainValue(value)) };
  }
}

function plainValue(value: OtlpValue): unknown {
  if (typeof value === 'bigint') return safeInteger(value);
  if (typeof value === 'number') return safeDouble(value);
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (Array.isArray(value)) return value.map(plainValue);
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, inner]) => [key, plainValue(inner)]));
  return value;
}

function safeInteger(integer: bigint): number | string {
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : String(integer);
}

/** JSON has no word for NaN and the infinities. */
function safeDouble(number: number): number | string {
  return Number.isFinite(number) ? number : String(number);
}

/** Cut off, not rounded. */
function microseconds(ns: bigint): number {
  return Number(ns / 1_000n);
}

function warn(span: JaegerSpan, text: string): void {
  (span.warnings ??= []).push(text);
}

/** A time as Go prints it: 2025-07-20 08:26:40.000000001 +0000 UTC, without zeros at the end of the fraction. */
function goTime(ns: bigint): string {
  const seconds = new Date(Number(ns / 1_000_000_000n) * 1_000).toISOString().slice(0, 19).replace('T', ' ');
  const fraction = String(ns % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${seconds}${fraction && `.${fraction}`} +0000 UTC`;
}
