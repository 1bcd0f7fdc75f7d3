/** The model of a log record. The embedded backend reads log records from OTLP; Jaeger stores none. */
import type { Attributes } from './model.ts';

/** The ranges of severities that OpenTelemetry defines ("Logs Data Model", field SeverityNumber), lowest first. */
export const severities = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Severity = (typeof severities)[number];

/** One thing that a service logged at one moment. It is also the JSON that the backend's API responds with. */
export interface LogRecord {
  /** Empty if it was logged outside a trace. */
  traceId: string;
  /** Empty if it was logged outside a span. The span may be missing from the trace. */
  spanId: string;
  service: string;
  /** When it happened or, if its sender didn't say, when it was observed or arrived. µs since 1970. */
  timeUs: number;
  /** The number of the severity, from 1 to 24; 0 if the sender didn't say. Each range of `severities` has four. */
  severityNumber: number;
  /** The severity as its sender calls it; empty if the sender didn't say. */
  severityText: string;
  /** A body that is a map or a list is JSON; empty if there is none. */
  body: string;
  /** The name of the event that the record represents, such as `exception`; empty if it represents none. */
  eventName: string;
  attributes: Attributes;
  /** How many attributes the limits of the SDK dropped. */
  droppedAttributes: number;
  /** Name of the instrumentation scope, often that of the logging library; empty if there is none. */
  scope: string;
  scopeVersion: string;
  /** Attributes of the resource, without `service.name`. */
  resource: Attributes;
}

/** The severity of a record; undefined if its sender didn't say. */
export function severityOf({ severityNumber }: Pick<LogRecord, 'severityNumber'>): Severity | undefined {
  return severities[Math.ceil(severityNumber / 4) - 1];
}

/** The lowest number of a severity. */
export function leastNumber(severity: Severity): number {
  return severities.indexOf(severity) * 4 + 1;
}

/** Whether a text names a severity. */
export function isSeverity(text: string): text is Severity {
  return (severities as readonly string[]).includes(text);
}

/** What a record says, as one text: its body; otherwise, the exception that it records; otherwise, the name of its event. */
export function messageOf({ body, eventName, attributes }: LogRecord): string {
  if (body !== '') return body;
  const exception = [attributes['exception.type'], attributes['exception.message']]
    .filter(Boolean)
    .join(': ');
  return exception || eventName;
}
