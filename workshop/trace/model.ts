/**
 * A trace as the rest of the workshop reads it: what the waterfall, the checks and the pages are computed from.
 * It is the same whichever backend answered, because it is read from the JSON that Jaeger's query API gives.
 */

/** The kinds of the OpenTelemetry specification ("Trace API", section "SpanKind"), in lower case. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer' | 'unspecified';

export type AttributeValue = string | number | boolean;
export type Attributes = Record<string, AttributeValue>;

/** Something that happened at one moment within a span. `timeUs` is in µs since 1970. */
export interface SpanEvent {
  name: string;
  timeUs: number;
  attributes: Attributes;
}

/** A pointer to a span that is related but is not the parent, often one in another trace. */
export interface SpanLink {
  traceId: string;
  spanId: string;
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
  /** µs. */
  durationUs: number;
  error: boolean;
  /** The text that came with an error status; empty when there was none. */
  statusMessage: string;
  /** The header `tracestate` as this span knew it; empty when there was none. */
  traceState: string;
  /** Name of the instrumentation scope, often that of the library that made the span; empty when there was none. */
  scope: string;
  scopeVersion: string;
  attributes: Attributes;
  /** Whether any attribute is wanted; there for spans that make `attributes` anew whenever they are read. */
  hasAttribute?(isWanted: (key: string, value: AttributeValue) => boolean): boolean;
  events: SpanEvent[];
  links: SpanLink[];
  /** Attributes of the resource, without `service.name`. */
  resource: Attributes;
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
