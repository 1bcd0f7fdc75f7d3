import { nanoseconds, toKeyValues, toTracesData } from '../../workshop/backend/jaeger/otlp-json.ts';
import type { LogRecord } from '../../workshop/trace/log-record.ts';
import type { Recording } from './recordings.ts';

/**
 * Sends a recorded trace to a backend, as OTLP in JSON. The log records arrive first, and the spans in their order.
 * @throws Error if the backend rejects it
 */
export async function sendTrace(otlpHttpUrl: string, { spans, logs }: Recording): Promise<void> {
  const resourceSpans = spans.flatMap((span) => toTracesData([span]).resourceSpans);
  await send(`${otlpHttpUrl}/v1/logs`, { resourceLogs: logs.map(resourceLogsOf) });
  await send(`${otlpHttpUrl}/v1/traces`, { resourceSpans });
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
  const { traceId, spanId, timeUs, severityNumber, severityText, body, eventName, attributes } = record;
  const logRecord = {
    traceId,
    spanId,
    timeUnixNano: nanoseconds(timeUs),
    severityNumber,
    severityText,
    ...(body !== '' && { body: { stringValue: body } }),
    eventName,
    attributes: toKeyValues(attributes),
  };
  const scope = { name: record.scope, version: record.scopeVersion };
  return {
    resource: { attributes: toKeyValues({ ...record.resource, 'service.name': record.service }) },
    scopeLogs: [{ scope, logRecords: [logRecord] }],
  };
}
