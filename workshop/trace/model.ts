/**
 * A trace as the rest of the workshop reads it: the waterfall, the checks, the pages, and Jaeger's JSON are made from it.
 * The embedded backend reads it from OTLP; from a real Jaeger it comes through `fromJaeger`.
 */

/** The kinds of the OpenTelemetry specification ("Trace API", section "SpanKind"), in lower case. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer' | 'unspecified';

/** The kinds by their numbers in OTLP. */
export const spanKinds: readonly SpanKind[] = [
  'unspecified',
  'internal',
  'server',
  'client',
  'producer',
  'consumer',
];

/** Integers past 2^53, NaN, and the infinities are strings, bytes are base64, arrays and maps are JSON. */
export type AttributeValue = string | number | boolean;
export type Attributes = Record<string, AttributeValue>;

/**
 * The types of those attributes whose value does not show it: a number without a fraction counts as int64, one with a
 * fraction as float64, a string as text.
 */
export type AttributeTypes = ReadonlyMap<string, 'int64' | 'float64' | 'binary'>;

/** Something that happened at one moment within a span. `timeUs` is in µs since 1970. */
export interface SpanEvent {
  name: string;
  timeUs: number;
  attributes: Attributes;
  types?: AttributeTypes;
}

/** A pointer to a span that is related but is not the parent, often one in another trace. */
export interface SpanLink {
  traceId: string;
  spanId: string;
  attributes?: Attributes;
}

/** How many attributes, events, and links the limits of the SDK dropped from a span. */
export interface DroppedCounts {
  attributes: number;
  events: number;
  links: number;
}

export interface Span {
  traceId: string;
  spanId: string;
  /** What the span claims as its parent; it may be a span that is not in the trace, or even the span itself. */
  parentId?: string;
  name: string;
  /** `service.name` of the resource. */
  service: string;
  kind: SpanKind;
  /** µs since 1970. */
  startUs: number;
  /** µs; negative if the span ends before it starts. */
  durationUs: number;
  error: boolean;
  /** The text that came with an error status; empty when there was none. */
  statusMessage: string;
  /** The header `tracestate` as this span knew it; empty when there was none. */
  traceState: string;
  /** Name of the instrumentation scope, often that of the library that made the span; empty when there was none. */
  scope: string;
  scopeVersion: string;
  /** A status of OK is among them, as `otel.status_code`, which is where Jaeger has it. */
  attributes: Attributes;
  types?: AttributeTypes;
  /** Whether any attribute is wanted; for spans that make `attributes` anew whenever they are read. */
  hasAttribute?(isWanted: (key: string, value: AttributeValue) => boolean): boolean;
  events: SpanEvent[];
  links: SpanLink[];
  dropped?: DroppedCounts;
  /** Attributes of the resource, without `service.name`. */
  resource: Attributes;
  resourceTypes?: AttributeTypes;
  /** Attributes of the instrumentation scope, if it has any. */
  scopeAttributes?: Attributes;
  /** What the backend found odd about the span. */
  warnings: string[];
}

export interface Trace {
  traceId: string;
  spans: Span[];
}

/** When a span ended, in µs since 1970. One of negative duration ends where it starts. */
export function endOf(span: Span): number {
  return span.startUs + Math.max(0, span.durationUs);
}

/**
 * Two spans may contradict each other by this many µs without anyone's clock being wrong: the OpenTelemetry SDK for
 * JavaScript reads the start of a span in whole milliseconds, and each process reads it for itself.
 */
export const clockStepUs = 2_000;
