/** Judges whether log lines can be found by their trace, and arrive as log records in their spans. */
import type { LogRecord } from '../../trace/log-record.ts';
import { endOf, type Trace } from '../../trace/model.ts';
import { counted } from '../../trace/numbers.ts';
import { noServerSpan, whyUnsent } from '../causes.ts';
import type { Judge } from '../lesson.ts';
import { callNamed, type Observation, serverSpanOf, traceIdOf, traceOfCall } from '../observation.ts';
import { about, type Fault } from './about.ts';

const SHOWN_LINES = 4;

/** Every line that a service logged for the call has the trace id, and the id of a span in the trace. */
export function logsTraceIds(service: string): Judge {
  return about({ file: `${service}/app.ts`, traces: [] }, (seen) => {
    const traceId = traceOfCall(seen)?.traceId ?? traceIdOf(callNamed(seen));
    const lines = seen.lines.get(service)!;
    const found = lines.filter((line) => field(line, 'trace_id') === traceId);
    if (found.length === 0) return noLine(seen, service, lines, traceId);

    const requests = new Set(found.map((line) => field(line, 'reqId')));
    requests.delete(undefined);
    const bare = lines.filter(
      (line) => requests.has(field(line, 'reqId')) && field(line, 'trace_id') !== traceId,
    );
    if (bare.length > 0) {
      return {
        found: `${service} logged ${counted(bare.length, 'line')} for this call without its trace_id.`,
        cause:
          'Only some lines get the id of their trace. A mixin that reads the active span adds it to every line.',
        lines: bare.slice(0, SHOWN_LINES),
      };
    }

    const spanIds = new Set(seen.traces.flatMap(({ spans }) => spans.map(({ spanId }) => spanId)));
    const strange = found.filter((line) => !spanIds.has(field(line, 'span_id') ?? ''));
    if (strange.length === 0) return 'ok';
    const id = field(strange[0]!, 'span_id');
    return {
      found: id
        ? `A line has the span_id ${id}, which is not the id of a span in the trace.`
        : `${service} logged ${counted(strange.length, 'line')} without a span_id for this call.`,
      cause: 'span_id must be the spanId of the active span, which you must read for each line.',
      lines: strange.slice(0, SHOWN_LINES),
    };
  });
}

/** The lines of another call have the id of that call's trace. */
export function logsTraceIdOf(service: string, name: string): Judge {
  return about({ file: `${service}/app.ts`, traces: [] }, (seen) => {
    const traceId = traceIdOf(callNamed(seen, name));
    const lines = seen.lines.get(service)!;
    if (lines.some((line) => field(line, 'trace_id') === traceId)) return 'ok';
    return {
      found: `No line of ${service} has the trace_id ${traceId} of another call.`,
      cause: 'The id is read only once. Read the active span for each line.',
      lines: lines.filter((line) => field(line, 'trace_id')).slice(-SHOWN_LINES),
    };
  });
}

/** Each line that a service logged for the call arrived as a log record, in a span of the service that was running at the time. */
export function sendsLogRecords(service: string): Judge {
  return about({ file: `${service}/tracing.ts` }, (seen) => {
    const trace = traceOfCall(seen);
    if (!trace) return noServerSpan(seen, service);
    const all = seen.logs.filter((record) => record.service === service);
    const inTrace = all.filter(({ traceId }) => traceId === trace.traceId);
    if (inTrace.length === 0) return { ...noRecord(seen, service, all), traces: [trace] };

    const requests = new Set(inTrace.map(({ attributes }) => attributes['reqId']));
    requests.delete(undefined);
    const ofCall = all.filter(
      (record) => record.traceId === trace.traceId || requests.has(record.attributes['reqId']),
    );
    for (const record of ofCall) {
      const fault = faultOfSpan(record, trace);
      if (fault) return { ...fault, file: `${service}/app.ts`, traces: [trace] };
    }

    const printed = seen.lines.get(service)!.filter((line) => requests.has(field(line, 'reqId'))).length;
    if (printed <= ofCall.length) return 'ok';
    return {
      found: `${service} printed ${counted(printed, 'line')} for the call, but only ${counted(ofCall.length, 'log record')} arrived.`,
      cause:
        'The others were not sent: did the service exit before its SDK was shut down, or do you drop some?',
      traces: [trace],
    };
  });
}

/** Pino's times are whole milliseconds, and a line about the end of a request may follow its span. */
const SPAN_MARGIN_US = 50_000;

/** Why a log record of a call is not in a span of its service that was running at the time; undefined if it is. */
function faultOfSpan(record: LogRecord, { traceId, spans }: Trace) {
  const { service, body, spanId, timeUs } = record;
  const line = `The line "${body}" of ${service}`;
  if (record.traceId !== traceId) {
    return {
      found: `${line} arrived ${record.traceId ? `in trace ${record.traceId}` : 'without a trace id'}.`,
      cause: 'It was logged outside the span of its request, in a context with another active span or none.',
    };
  }
  const span = spans.find((each) => each.spanId === spanId);
  if (span?.service !== service) {
    return {
      found: `${line} has the span id ${spanId}, which is ${span ? `that of "${span.name}" of ${span.service}` : 'not the id of a span in the trace'}.`,
      cause: `The ids must be those of the span of ${service} that is active when the line is logged. PinoInstrumentation reads them: remove your own code for them.`,
    };
  }
  if (timeUs >= span.startUs - SPAN_MARGIN_US && timeUs <= endOf(span) + SPAN_MARGIN_US) return undefined;
  return {
    found: `${line} has the ids of "${span.name}", which was not running then.`,
    cause: 'The ids were read earlier and kept. They must be read for each line.',
  };
}

/** Why no log record of a service arrived in the trace of the call. */
function noRecord(seen: Observation, service: string, records: LogRecord[]): Fault {
  if (records.length > 0) {
    return {
      found: `${counted(records.length, 'log record')} of ${service} arrived, but none in the trace of the call.`,
      cause:
        'Pino logs them outside the spans: set up HttpInstrumentation and PinoInstrumentation in the same SDK.',
    };
  }
  const found = `No log record of ${service} arrived.`;
  const unsent = whyUnsent(seen, service);
  if (unsent) return { found, cause: `Its log records ${unsent}` };
  const source = seen.sources.get(`${service}/tracing.ts`) ?? '';
  if (!/\bPinoInstrumentation\(/.test(source)) {
    return {
      found,
      cause:
        'PinoInstrumentation is missing from the instrumentations: it turns each log line into a log record.',
    };
  }
  return {
    found,
    cause:
      'The records are created, but not sent. logRecordProcessors needs new BatchLogRecordProcessor({ exporter: new OTLPLogExporter() }).',
  };
}

function noLine(seen: Observation, service: string, lines: string[], traceId: string | undefined) {
  const otherName = lines.find(
    (line) => traceId !== undefined && line.includes(traceId) && !line.includes('tracestate'),
  );
  if (otherName) {
    const name = new RegExp(`"?([\\w.]+)"?\\s*[:=]\\s*"?${traceId}`).exec(otherName)?.[1];
    return {
      found: `${service} logs the trace id${name ? ` as ${name}` : ''}, not as trace_id.`,
      cause:
        'The field has another name. Tools look for trace_id and span_id (OpenTelemetry, "Trace Context in non-OTLP Log Formats").',
      lines: [otherName],
    };
  }
  const ids = lines.map((line) => field(line, 'trace_id')).find((id) => id !== undefined);
  if (ids !== undefined) {
    return {
      found: `${service} logs the trace_id ${ids}, but the call is in trace ${traceId}.`,
      cause:
        'The id is read only once, or not from the active span. Call trace.getActiveSpan() for each line.',
      lines: lines.filter((line) => field(line, 'trace_id')).slice(-SHOWN_LINES),
    };
  }
  const ofRequests = lines.filter((line) => field(line, 'reqId'));
  return {
    found: `${service} logged ${counted(ofRequests.length, 'line')} for its requests, without a trace_id.`,
    cause: serverSpanOf(seen, service)
      ? 'A mixin adds the ids to every line: Fastify({ logger: { mixin: traceIds } }). It is missing, or it does not read the active span each time Pino calls it.'
      : `${service} is not traced, so it has no id to log.`,
    lines: ofRequests.slice(-SHOWN_LINES),
  };
}

/** The value of a field in a log line, in JSON or as name=value. */
function field(line: string, name: string): string | undefined {
  return new RegExp(`(?:^|[\\s{,"])${name}"?\\s*[:=]\\s*"?([\\w-]+)`).exec(line)?.[1];
}
