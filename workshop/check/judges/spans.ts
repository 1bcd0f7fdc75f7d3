/** What spans there are, and how they lie to each other. */
import { endOf, type Span, type Trace } from '../../trace/model.ts';
import { counted } from '../../trace/numbers.ts';
import type { Failure, Judge } from '../lesson.ts';
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
  traceOfCall,
  tracesOfCall,
  valuesOf,
} from '../observation.ts';
import { faultyTraceparent, noServerSpan } from '../causes.ts';

/** A service has a span of kind SERVER for the call. */
export function hasServerSpan(service: string): Judge {
  return (seen) => (serverSpanOf(seen, service) ? 'ok' : noServerSpan(seen, service));
}

/** A service's web framework is traced too, so that a span knows the route. */
export function hasRoute(service: string, route: string): Judge {
  return (seen) => {
    const server = serverSpanOf(seen, service);
    if (!server) return noServerSpan(seen, service);
    const trace = seen.traces.find(({ traceId }) => traceId === server.traceId)!;
    if (trace.spans.some((span) => span.service === service && span.attributes['http.route'] === route))
      return 'ok';
    return {
      found: `${service} has a SERVER span called "${server.name}", and no span knows the route ${route}.`,
      cause: `Fastify is not traced. The loader hook is missing (register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)), without which no ES module can be wrapped; or FastifyInstrumentation is not in the list; or something imports Fastify before.`,
      file: `${service}/tracing.ts`,
      traces: [trace],
    };
  };
}

/** A service has a span of its own around its request to another service. */
export function hasCustomSpanAround(service: string, asked: string): Judge {
  return (seen) => {
    const trace = traceOfCall(seen);
    if (!trace) return noServerSpan(seen, service);
    const file = `${service}/app.ts`;
    const own = trace.spans.filter((span) => span.service === service && isCustom(span));
    if (own.length === 0) return { ...noCustomSpan(seen, trace, service), file };

    const server = trace.spans.find((span) => span.service === asked && span.kind === 'server');
    if (!server) return noSpanBelow(seen, service, asked);
    const around = ancestorsOf(server, trace).find((span) => own.includes(span));
    if (!around) {
      return {
        found: `${service} has a span of your own, "${own[0]!.name}", but the SERVER span of ${asked} does not lie below it.`,
        cause:
          missingParents(seen, trace).size > 0
            ? neverEnded
            : 'It is not the active span while the request is made: use tracer.startActiveSpan(), and write the headers and send the request within its callback.',
        file,
        traces: [trace],
      };
    }
    // A span whose work is not awaited ends at once; one that is a little shorter only heard of the end earlier.
    if (endOf(around) >= server.startUs + server.durationUs / 2) return 'ok';
    return {
      found: `The span "${around.name}" ended before ${asked} had answered.`,
      cause: 'It is ended before its work is done: await the work, then call span.end().',
      file,
      traces: [trace],
    };
  };
}

/** A service has several spans of its own below its SERVER span. */
export function hasCustomSpans(service: string, count: number): Judge {
  return (seen) => {
    const server = serverSpanOf(seen, service);
    if (!server) return noServerSpan(seen, service);
    const trace = seen.traces.find(({ traceId }) => traceId === server.traceId)!;
    const file = `${service}/app.ts`;
    const own = trace.spans.filter((span) => span.service === service && isCustom(span));
    if (own.length === 0) return { ...noCustomSpan(seen, trace, service), file };
    const below = own.filter((span) => ancestorsOf(span, trace).includes(server));
    if (below.length >= count) return 'ok';
    return {
      found: `${service} has ${counted(below.length, 'span')} of your own below its SERVER span where ${count} are needed.`,
      cause:
        below.length < own.length
          ? 'A span was begun outside of the request, so it does not know its parent.'
          : 'One span is around all of the work: make it in the function that does one piece. Or some spans are never ended, and only what has ended is sent.',
      file,
      traces: [trace],
    };
  };
}

/** When a service cannot reach another, its own span ends all the same and is an error that holds the exception. */
export function customSpanFails(service: string, name: string): Judge {
  return (seen) => {
    const traceId = traceIdOf(callNamed(seen, name));
    const trace = seen.traces.find((other) => other.traceId === traceId);
    const own = trace?.spans.filter((span) => span.service === service && isCustom(span)) ?? [];
    const file = `${service}/app.ts`;
    const traces = trace ? [trace] : [];
    if (own.length === 0) {
      return {
        found: 'The request failed, and your span is not in the trace.',
        cause: 'It is not ended when its work throws: call span.end() in a finally.',
        file,
        traces,
      };
    }
    const failed = own.filter(({ error }) => error);
    if (failed.length === 0) {
      return {
        found: `The request failed, and your span "${own[0]!.name}" is not an error.`,
        cause:
          'Nothing tells the span: where its work throws, call span.setStatus({ code: SpanStatusCode.ERROR }) and span.recordException(error).',
        file,
        traces,
      };
    }
    if (failed.some(({ events }) => events.some((event) => event.name === 'exception'))) return 'ok';
    return {
      found: `The request failed, and your span "${failed[0]!.name}" is an error, but does not say which.`,
      cause: 'The exception is not recorded: span.recordException(error).',
      file,
      traces,
    };
  };
}

/** The caller is traced itself: the trace begins with a CLIENT span of a service of its own. */
export function startsAtCaller(service: string): Judge {
  return (seen) => {
    const server = serverSpanOf(seen, service);
    if (!server) return noServerSpan(seen, service);
    const trace = seen.traces.find(({ traceId }) => traceId === server.traceId)!;
    const root = ancestorsOf(server, trace).at(-1);
    if (!root) {
      const found = `The trace begins with ${service}: its span has ${server.parentId ? `the parent ${server.parentId}, which is in no span` : 'no parent'}.`;
      const cause = `${caller} makes no span, it only writes a traceparent or nothing at all. Set up a NodeSDK there with UndiciInstrumentation and an exporter, and start it before the call.`;
      // A request without the header is only what a caller that makes no span sends.
      const sent = callNamed(seen);
      const fault = valuesOf(sent.headers, 'traceparent').length > 0 ? faultyTraceparent(sent) : undefined;
      return { found, cause, file: caller, ...fault, traces: tracesOfCall(seen) };
    }
    const fault = faultOfName(root, seen);
    if (fault) return { ...fault, file: caller, traces: [trace] };
    if (root.kind === 'client') return 'ok';
    return {
      found: `The trace begins with the ${root.kind.toUpperCase()} span "${root.name}".`,
      cause: 'The span was made by hand. UndiciInstrumentation makes one of kind CLIENT.',
      file: caller,
      traces: [trace],
    };
  };
}

/** A service's request to another is a CLIENT span, and the parent of what the other does. */
export function hasClientSpan(service: string, asked: string): Judge {
  return (seen) => {
    const request = requestWithin(seen, { from: service, to: asked });
    const fault = request && faultyTraceparent(request);
    const file = `${service}/tracing.ts`;
    if (fault) {
      return {
        ...fault,
        ...(fault.file === `${service}/app.ts` &&
          /no header traceparent\./.test(fault.found) && {
            cause:
              'UndiciInstrumentation is missing from the instrumentations: it makes the CLIENT span and writes the traceparent.',
            file,
          }),
        traces: tracesOfCall(seen),
      };
    }
    const server = serverSpanOf(seen, asked);
    if (!server) return noServerSpan(seen, asked);
    const trace = seen.traces.find(({ traceId }) => traceId === server.traceId)!;
    const [parent] = ancestorsOf(server, trace);
    if (parent?.service === service && parent.kind === 'client') return 'ok';
    return {
      found: parent
        ? `The parent of ${asked}'s SERVER span is "${parent.name}" of ${parent.service}, which is not of kind CLIENT.`
        : `The parent of ${asked}'s SERVER span is in no span.`,
      cause:
        'UndiciInstrumentation is missing from the instrumentations, and the traceparent is still written by hand.',
      file,
      traces: [trace],
    };
  };
}

const neverEnded =
  'A span was begun, became a parent, and was never ended: only what has ended is sent. Call span.end(), best in a finally.';

function noCustomSpan(seen: Observation, trace: Trace, service: string): Omit<Failure, 'file'> {
  const found = `${service} has no span of your own in the trace.`;
  const lost = tracesOfCall(seen).find(
    (other) => other !== trace && other.spans.some((span) => span.service === service && isCustom(span)),
  );
  if (lost) {
    return {
      found,
      cause: 'It is in a trace of its own: it was begun outside of the request, where no span is active.',
      traces: [trace, lost],
    };
  }
  return {
    found,
    cause:
      missingParents(seen, trace).size > 0
        ? neverEnded
        : "None was made, or it was never ended, and only what has ended is sent: startActiveSpan('…', …) of a tracer, or startSpan('…') where nothing runs below it, and span.end() when the work is done.",
    traces: [trace],
  };
}

function noSpanBelow(seen: Observation, service: string, asked: string): Failure {
  const request = requestWithin(seen, { from: service, to: asked });
  const fault = request && faultyTraceparent(request);
  if (fault) return { ...fault, traces: tracesOfCall(seen) };
  return noServerSpan(seen, asked);
}

function faultOfName(
  { service }: Span,
  { services }: Observation,
): Pick<Failure, 'found' | 'cause'> | undefined {
  const found = `The span at the root is of a service called ${service}.`;
  if (service.startsWith('unknown_service'))
    return { found, cause: 'The NodeSDK in run.ts says no serviceName.' };
  if (services.some(({ name }) => name === service)) {
    return {
      found,
      cause: 'The serviceName in run.ts is that of another service: the caller needs a name of its own.',
    };
  }
  return undefined;
}
