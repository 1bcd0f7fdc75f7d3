import { type Attributes, type Span, spanKinds, type Trace } from '../../workshop/trace/model.ts';

/**
 * Sends a recorded trace to a backend, as OTLP in JSON (OTLP specification, "JSON Protobuf Encoding": ids are hex, enums
 * numbers).
 * @throws Error if the backend does not take it
 */
export async function sendTrace(otlpHttpUrl: string, { spans }: Trace): Promise<void> {
  const response = await fetch(`${otlpHttpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: spans.map(resourceSpansOf) }),
  });
  if (!response.ok) throw new Error(`The backend did not take the trace: ${await response.text()}`);
}

const STATUS_ERROR = 2;

function resourceSpansOf(span: Span) {
  return {
    resource: { attributes: keyValues({ ...span.resource, 'service.name': span.service }) },
    scopeSpans: [
      {
        scope: { name: span.scope, version: span.scopeVersion },
        spans: [
          {
            traceId: span.traceId,
            spanId: span.spanId,
            parentSpanId: span.parentId ?? '',
            name: span.name,
            kind: spanKinds.indexOf(span.kind),
            startTimeUnixNano: nanoseconds(span.startUs),
            endTimeUnixNano: nanoseconds(span.startUs + span.durationUs),
            attributes: keyValues(span.attributes),
            events: span.events.map(({ name, timeUs, attributes }) => ({
              name,
              timeUnixNano: nanoseconds(timeUs),
              attributes: keyValues(attributes),
            })),
            links: span.links.map(({ traceId, spanId, attributes = {} }) => ({
              traceId,
              spanId,
              attributes: keyValues(attributes),
            })),
            traceState: span.traceState,
            status: span.error ? { code: STATUS_ERROR, message: span.statusMessage } : {},
          },
        ],
      },
    ],
  };
}

function keyValues(attributes: Attributes) {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value:
      typeof value === 'string'
        ? { stringValue: value }
        : typeof value === 'boolean'
          ? { boolValue: value }
          : Number.isInteger(value)
            ? { intValue: value }
            : { doubleValue: value },
  }));
}

function nanoseconds(us: number): string {
  return `${Math.round(us)}000`;
}
