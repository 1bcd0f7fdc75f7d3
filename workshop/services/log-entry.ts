import { parsed, parsedObject } from '../net/parsed.ts';
import { type LogRecord, messageOf } from '../trace/log-record.ts';
import type { AttributeValue } from '../trace/model.ts';

const INFO = 30;

/** A log record as the line that pino would have printed, so that lines from both sources look the same. */
export function logEntryOf(record: LogRecord): string {
  const { severityNumber, timeUs, traceId, spanId, attributes } = record;
  const {
    'exception.type': type,
    'exception.message': message,
    'exception.stacktrace': stack,
    ...others
  } = attributes;
  return JSON.stringify({
    ...Object.fromEntries(Object.entries(others).map(([key, value]) => [key, structured(value)])),
    level: Math.ceil(severityNumber / 4) * 10 || INFO,
    time: Math.floor(timeUs / 1_000),
    ...(traceId && { trace_id: traceId }),
    ...(spanId && { span_id: spanId }),
    ...(stack !== undefined && { err: { type, message, stack } }),
    msg: messageOf(record),
  });
}

/** When a line was logged, in ms since 1970; undefined for a line that isn't a log entry. */
export function timeOf(line: string): number | undefined {
  const { level, time } = parsedObject(line) ?? {};
  return typeof level === 'number' && typeof time === 'number' ? time : undefined;
}

/** Maps and lists are JSON in the model. */
function structured(value: AttributeValue): unknown {
  return typeof value === 'string' && /^[{[]/.test(value) ? parsed(value) : value;
}
