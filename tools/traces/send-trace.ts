import type { LogRecord } from '../../workshop/trace/log-record.ts';
import { type Attributes, type Span, spanKinds } from '../../workshop/trace/model.ts';
import type { Recording } from './recordings.ts';

/**
 * Sends a recorded trace to a backend, as OTLP in JSON (OTLP specification, "JSON Protobuf Encoding": ids are hex, enums
 * numbers). The log records arrive first.
 * @throws Error if the backend rejects it
 */
export async function sendTrace(otlpHttpUrl: string, { spans, logs }: Recording): Promise<void> {
  await send(`${otlpHttpUrl}/v1/logs`, { resourceLogs: logs.map(resourceLogsOf) });
  await send(`${otlpHttpUrl}/v1/traces`, { resourceSpans: spans.map(resourceSpansOf) });
}

async function send(url: string, request: object): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  if (!response.ok) throw new Error(`The backend rejected the trace: ${await response.text()}`);
}

function resourceLogsOf(record: LogRecord) {
  return {
    resource: { attributes: keyValues({ ...record.resource, 'service.name': record.service }) },
    scopeLogs: [
      {
        scope: { name: record.scope, version: record.scopeVersion },
        logRecords: [
          {
            traceId: record.traceId,
            spanId: record.spanId,
            timeUnixNano: nanoseconds(record.timeUs),
            severityNumber: record.severityNumber,
            severityText: record.severityText,
            ...(record.body !== '' && { body: { stringValue: record.body } }),
            eventName: record.eventName,
            attributes: keyValues(record.attributes),
          },
        ],
      },
    ],
  };
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
