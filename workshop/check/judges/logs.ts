/** Judges whether log lines can be found by their trace. */
import { counted } from '../../trace/numbers.ts';
import type { Judge } from '../lesson.ts';
import { callNamed, type Observation, serverSpanOf, traceIdOf, traceOfCall } from '../observation.ts';

const SHOWN_LINES = 4;

/** Every line that a service logged for the call has the trace id, and the id of a span in the trace. */
export function logsTraceIds(service: string): Judge {
  return (seen) => {
    const traceId = traceOfCall(seen)?.traceId ?? traceIdOf(callNamed(seen));
    const file = `${service}/app.ts`;
    const lines = seen.lines.get(service)!;
    const found = lines.filter((line) => field(line, 'trace_id') === traceId);
    if (found.length === 0) {
      return { ...noLine(seen, service, lines, traceId), file, traces: [] };
    }

    const requests = new Set(found.map((line) => field(line, 'reqId')));
    requests.delete(undefined);
    const bare = lines.filter(
      (line) => requests.has(field(line, 'reqId')) && field(line, 'trace_id') !== traceId,
    );
    if (bare.length > 0) {
      return {
        found: `${service} logged ${counted(bare.length, 'line')} without a trace_id for this call.`,
        cause: 'Only some lines get the id. A mixin of the logger adds it to every line.',
        file,
        lines: bare.slice(0, SHOWN_LINES),
        traces: [],
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
      file,
      lines: strange.slice(0, SHOWN_LINES),
      traces: [],
    };
  };
}

/** The lines of another call have the id of that call's trace. */
export function logsTraceIdOf(service: string, name: string): Judge {
  return (seen) => {
    const traceId = traceIdOf(callNamed(seen, name));
    const lines = seen.lines.get(service)!;
    if (lines.some((line) => field(line, 'trace_id') === traceId)) return 'ok';
    return {
      found: `No line of ${service} has the trace_id ${traceId} of another call.`,
      cause: 'The id is read only once. Read the active span for each line.',
      file: `${service}/app.ts`,
      lines: lines.filter((line) => field(line, 'trace_id')).slice(-SHOWN_LINES),
      traces: [],
    };
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
  return {
    found: `${service} logged ${counted(lines.filter((line) => field(line, 'reqId')).length, 'line')} for its requests, without a trace_id.`,
    cause: serverSpanOf(seen, service)
      ? 'The logger does not know the trace. A mixin adds the ids of the active span to every line: Fastify({ logger: { mixin } }).'
      : `${service} is not traced, so it has no id to log.`,
    lines: lines.slice(-SHOWN_LINES),
  };
}

/** The value of a field in a log line, in JSON or as name=value. */
function field(line: string, name: string): string | undefined {
  return new RegExp(`(?:^|[\\s{,"])${name}"?\\s*[:=]\\s*"?([\\w-]+)`).exec(line)?.[1];
}
