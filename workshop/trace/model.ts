/**
 * The model of a trace, which the waterfall, the checks, the pages, and Jaeger's JSON are made from. The embedded backend
 * reads it from OTLP, and `fromJaeger` reads it from the JSON of a real Jaeger.
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
 * The types of attributes that the value doesn't show: by default, a number without a fraction is an int64, a number with
 * a fraction is a float64, and a string is text.
 */
export type AttributeTypes = ReadonlyMap<string, 'int64' | 'float64' | 'binary'>;

/** Which times of a span are not set: 0 in OTLP. */
export type MissingTimes = 'start' | 'end' | 'times';

/** Something that happened at one moment within a span. `timeUs` is in µs since 1970, and 0 if it isn't set. */
export interface SpanEvent {
  name: string;
  timeUs: number;
  attributes: Attributes;
  types?: AttributeTypes;
  /** How many attributes the limits of the SDK dropped, if any. */
  droppedAttributes?: number;
}

/** A pointer to a span that is related but is not the parent, often one in another trace. */
export interface SpanLink {
  traceId: string;
  spanId: string;
  attributes?: Attributes;
  /** How many attributes the limits of the SDK dropped, if any. */
  droppedAttributes?: number;
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
  /** µs since 1970; the end if the start is missing, 0 if both are. */
  startUs: number;
  /** µs; negative if the span ends before it starts, 0 if a time is missing. */
  durationUs: number;
  missingTimes?: MissingTimes;
  error: boolean;
  /** The text that came with an error status; empty if there was none. */
  statusMessage: string;
  /** The header `tracestate` as this span knew it; empty if there was none. */
  traceState: string;
  /** Name of the instrumentation scope, often that of the library that created the span; empty if there was none. */
  scope: string;
  scopeVersion: string;
  /** Contains a status of OK as `otel.status_code`, as in Jaeger. */
  attributes: Attributes;
  types?: AttributeTypes;
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

/** Whether it is known where the span is in time. */
export function hasStart({ startUs }: Span): boolean {
  return startUs > 0;
}

/** When a span ended, in µs since 1970. A span with a negative duration ends when it starts. */
export function endOf(span: Span): number {
  return span.startUs + Math.max(0, span.durationUs);
}

/**
 * The times of two spans may contradict each other by this many µs even if all clocks are right: the OpenTelemetry SDK
 * for JavaScript reads the start of a span in whole milliseconds, and each process reads its own clock.
 */
export const clockStepUs = 2_000;
