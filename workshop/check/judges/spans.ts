/** Judges which spans exist, and how they relate to each other. */
import { formatDuration } from '../../trace/duration.ts';
import { type Attributes, type AttributeValue, endOf, type Span, type Trace } from '../../trace/model.ts';
import { counted } from '../../trace/numbers.ts';
import type { Failure, Judge } from '../lesson.ts';
import { logLines } from '../log-lines.ts';
import { missingAwait } from '../missing-await.ts';
import {
  ancestorsOf,
  callNamed,
  caller,
  isCustom,
  missingParents,
  type Observation,
  requestWithin,
  serverSpanOf,
  traceIdOf,
  traceWith,
  tracesOfCall,
  valuesOf,
} from '../observation.ts';
import { about, aboutServerSpan } from './about.ts';
import { appImportedEarly, faultyTraceparent, noServerSpan, tracingFileMissing } from '../causes.ts';

/** A service has a span of kind SERVER for the call. */
export function hasServerSpan(service: string): Judge {
  return (seen) => (serverSpanOf(seen, service) ? 'ok' : noServerSpan(seen, service));
}

/** The web framework of a service is instrumented too, so that a span has the route. */
export function hasRoute(service: string, route: string): Judge {
  return aboutServerSpan(`${service}/tracing.ts`, service, (server, trace, seen) => {
    if (trace.spans.some((span) => span.service === service && span.attributes['http.route'] === route))
      return 'ok';
    return {
      found: `${service} has a SERVER span called "${server.name}", but no span with the route ${route}.`,
      cause:
        tracingFileMissing(seen, service) ??
        appImportedEarly(seen, service) ??
        `Fastify is not instrumented. Either the loader hook, which lets an instrumentation wrap an ES module, is missing: register('@opentelemetry/instrumentation/hook.mjs', import.meta.url). Or FastifyInstrumentation is not in the list.`,
    };
  });
}

/** A service has a custom span around its request to another service. */
export function hasCustomSpanAround(service: string, called: string): Judge {
  return aboutServerSpan(`${service}/app.ts`, service, (_, trace, seen) => {
    const own = trace.spans.filter((span) => span.service === service && isCustom(span));
    if (own.length === 0) return noCustomSpan(seen, trace, service);

    const server = trace.spans.find((span) => span.service === called && span.kind === 'server');
    if (!server) return noSpanBelow(seen, service, called);
    const around = ancestorsOf(server, trace).find((span) => own.includes(span));
    if (!around) {
      return {
        found: `${service} has your span "${own[0]!.name}", but the SERVER span of ${called} is not a descendant of it.`,
        cause:
          missingParents(seen, trace).size > 0
            ? neverEnded
            : 'It is not the active span when the request is sent: use tracer.startActiveSpan(), and write the headers and send the request in its callback.',
      };
    }
    // A span that doesn't await its work ends at once; one that ends a little early does wait.
    if (endOf(around) >= server.startUs + server.durationUs / 2) return 'ok';
    return {
      found: `The span "${around.name}" ended before ${called} responded.`,
      cause: 'It ends before its work is done: await the work, then call span.end().',
    };
  });
}

/** A service has several custom spans in its SERVER span, each of them around work that takes at least `minMs`. */
export function hasCustomSpans(service: string, count: number, { minMs }: { minMs: number }): Judge {
  return aboutServerSpan(`${service}/app.ts`, service, (server, trace, seen) => {
    const own = trace.spans.filter((span) => span.service === service && isCustom(span));
    if (own.length === 0) return noCustomSpan(seen, trace, service);
    const inside = own.filter((span) => ancestorsOf(span, trace).includes(server));
    const isShort = ({ durationUs }: Span) => durationUs < minMs * 1_000;
    if (inside.filter((span) => !isShort(span)).length >= count) return 'ok'; // the others are around other work
    const short = inside.find(isShort);
    if (short) {
      return {
        found: `The span "${short.name}" takes only ${formatDuration(short.durationUs)}, but the work takes longer.`,
        cause:
          'It starts after the work or ends before it. Start the span, await the work, then call span.end().',
      };
    }
    return {
      found: `${service} has ${counted(inside.length, 'custom span')} in its SERVER span, but needs ${count}.`,
      cause:
        inside.length < own.length
          ? "A span was started outside the request, so it doesn't know its parent."
          : 'Either one span is around all of the work: create it in the function that does one part. Or some spans never end, and only spans that have ended are sent.',
    };
  });
}

/** The custom spans of a service in its SERVER span have an attribute, and each of these values is on one of them. */
export function haveAttribute(service: string, name: string, values: readonly AttributeValue[]): Judge {
  return aboutServerSpan(`${service}/app.ts`, service, (_, trace) => {
    const found = trace.spans
      .filter((span) => span.service === service && isCustom(span))
      .map(({ attributes }) => attributes[name]);
    const missing = values.find((value) => !found.some((own) => String(own) === String(value)));
    if (missing === undefined) return 'ok';
    const others = found.filter((own) => own !== undefined);
    return {
      found:
        others.length === 0
          ? `Your spans in ${service} don't have the attribute ${name}.`
          : `None of your spans in ${service} has ${name} = ${missing}: they have ${[...new Set(others)].join(', ')}.`,
      cause: `Pass it when the span starts: tracer.startSpan(name, { attributes: { '${name}': … } }).`,
    };
  });
}

/**
 * If a service can't reach another one, its custom span still ends, as an error with the exception, and its caller gets
 * the same response as without the span. The exception is an event of the span, in its attributes, or in a log record or
 * a line of the log with the id of the span.
 */
export function customSpanFails(service: string, name: string, { status }: { status: number }): Judge {
  return (seen) => {
    const call = callNamed(seen, name);
    const trace = seen.traces.find(({ traceId }) => traceId === traceIdOf(call));
    const own = trace?.spans.filter((span) => span.service === service && isCustom(span)) ?? [];
    const failure = (found: string, cause: string): Failure => ({
      found,
      cause,
      file: `${service}/app.ts`,
      traces: trace ? [trace] : [],
    });
    if (own.length === 0) {
      return failure(
        'The request failed, and your span is missing from the trace.',
        'It does not end if its work throws: call span.end() in a finally block.',
      );
    }
    const failed = own.filter(({ error }) => error);
    if (failed.length === 0) {
      return failure(
        `The request failed, but your span "${own[0]!.name}" is not an error.`,
        'Nothing reports the error to the span: if its work throws, call span.setStatus({ code: SpanStatusCode.ERROR }) and span.recordException(error).',
      );
    }
    if (!failed.some((span) => saysException(span, seen))) {
      return failure(
        `The request failed, and your span "${failed[0]!.name}" is an error, but it doesn't say which one.`,
        'The exception is not recorded: span.recordException(error).',
      );
    }
    if (call.response?.status === status) return 'ok';
    return failure(
      `${service} responded with ${call.response ? `status ${call.response.status}` : 'nothing'}. Without your span, it responds with status ${status}.`,
      'The error is caught, and then either not thrown again or replaced by another one. A span must not change what the service does: throw error, after you have recorded it.',
    );
  };
}

/** Whether a span, or something that was logged in it, says which exception it ended with. */
function saysException({ service, spanId, attributes, events }: Span, seen: Observation): boolean {
  const isException = (all: Attributes) => 'exception.type' in all || 'exception.message' in all;
  return (
    isException(attributes) ||
    events.some(({ name }) => name === 'exception') ||
    seen.logs.some((record) => record.spanId === spanId && isException(record.attributes)) ||
    logLines(seen, service).some(({ span_id, err }) => span_id === spanId && err !== undefined)
  );
}

/** The caller is traced too: the trace starts with a CLIENT span of a service with another name. */
export function startsAtCaller(service: string): Judge {
  return aboutServerSpan(caller, service, (server, trace, seen) => {
    const root = ancestorsOf(server, trace).at(-1);
    if (!root) return { ...noRoot(seen, service, server), traces: tracesOfCall(seen) };
    const fault = faultOfName(root, seen);
    if (fault) return fault;
    if (root.kind === 'client') return 'ok';
    return {
      found: `The trace starts with the ${root.kind.toUpperCase()} span "${root.name}".`,
      cause: 'Your own code creates this span. UndiciInstrumentation creates one of kind CLIENT.',
    };
  });
}

/** The request from one service to another has a CLIENT span, which is the parent of the other's SERVER span. */
export function hasClientSpan(service: string, called: string): Judge {
  return about({ file: `${service}/tracing.ts` }, (seen) => {
    const request = requestWithin(seen, { from: service, to: called });
    const fault = request && faultyTraceparent(request);
    if (fault) {
      return {
        ...fault,
        ...(fault.file === `${service}/app.ts` &&
          /no traceparent header\./.test(fault.found) && {
            cause:
              'UndiciInstrumentation is missing from the instrumentations: it creates the CLIENT span and writes the traceparent.',
            file: `${service}/tracing.ts`,
          }),
      };
    }
    const server = serverSpanOf(seen, called);
    if (!server) return noServerSpan(seen, called);
    const trace = traceWith(seen, server);
    const [parent] = ancestorsOf(server, trace);
    if (parent?.service === service && parent.kind === 'client') return 'ok';
    return {
      found: parent
        ? `The parent of ${called}'s SERVER span is "${parent.name}" of ${parent.service}, not a CLIENT span of ${service}.`
        : `The parent of ${called}'s SERVER span is missing from the trace.`,
      cause:
        'UndiciInstrumentation is missing from the instrumentations, and your own lines still write the traceparent.',
      traces: [trace],
    };
  });
}

/** Why the trace doesn't start with a span of the caller. */
function noRoot(seen: Observation, service: string, { parentId }: Span): Failure {
  const found = `The trace starts with ${service}: ${parentId ? `the parent of its SERVER span, ${parentId}, is missing` : 'its SERVER span has no parent'}.`;
  const call = callNamed(seen);
  const sent = valuesOf(call.headers, 'traceparent').length;
  // A caller that creates no span sends no traceparent, which is not another mistake.
  const fault = sent > 0 ? faultyTraceparent(call) : undefined;
  if (fault) return fault;
  const isTraced = /\.start\(\)/.test(seen.sources.get(caller) ?? '');
  if (sent > 0 && isTraced) {
    return {
      found,
      cause: `${caller} exits before its span is sent, or shuts the SDK down before the call. Put await sdk.shutdown() on the last line, after await run(…).`,
      file: caller,
      ...missingAwait(seen.sources),
    };
  }
  return {
    found,
    cause: `${caller} creates no span. Set up a NodeSDK there with UndiciInstrumentation and an exporter, and start it before the call.`,
    file: caller,
  };
}

const neverEnded =
  'A span was started, became a parent, and was never ended. Only spans that have ended are sent: call span.end(), preferably in a finally block.';

function noCustomSpan(seen: Observation, trace: Trace, service: string): Omit<Failure, 'file'> {
  const found = `${service} has no custom span in the trace.`;
  const lost = tracesOfCall(seen).find(
    (other) => other !== trace && other.spans.some((span) => span.service === service && isCustom(span)),
  );
  if (lost) {
    return {
      found,
      cause: 'Your span is in another trace: it was started outside the request, where no span is active.',
      traces: [trace, lost],
    };
  }
  return {
    found,
    cause:
      missingParents(seen, trace).size > 0
        ? neverEnded
        : "No span was created, or it was never ended, and only spans that have ended are sent. Use tracer.startActiveSpan('…', …), or tracer.startSpan('…') for a span without children, and call span.end() when the work is done.",
    traces: [trace],
  };
}

function noSpanBelow(seen: Observation, service: string, called: string): Failure {
  const request = requestWithin(seen, { from: service, to: called });
  const fault = request && faultyTraceparent(request);
  return fault ? { ...fault, traces: tracesOfCall(seen) } : noServerSpan(seen, called);
}

function faultOfName(
  { service }: Span,
  { services }: Observation,
): Pick<Failure, 'found' | 'cause'> | undefined {
  const found = `The root span belongs to a service called ${service}.`;
  if (service.startsWith('unknown_service'))
    return { found, cause: 'The NodeSDK in run.ts has no serviceName.' };
  if (services.some(({ name }) => name === service)) {
    return { found, cause: 'run.ts has the serviceName of another service: give the caller another name.' };
  }
  return undefined;
}
