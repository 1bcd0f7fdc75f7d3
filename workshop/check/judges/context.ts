/** Judges whether the trace context is passed on from one program to the next. */
import type { Failure, Judge } from '../lesson.ts';
import {
  ancestorsOf,
  caller,
  callNamed,
  type Observation,
  requestWithin,
  serverSpanOf,
  traceIdOf,
  traceOfCall,
  traceparentOf,
  traceWith,
  tracesOfCall,
  valuesOf,
} from '../observation.ts';
import { faultOfFlags, faultyTraceparent, noServerSpan, senderFile } from '../causes.ts';

/** The call of run.ts has a valid traceparent whose flags ask to record the trace. */
export function sendsTraceparent(): Judge {
  return (seen) => {
    const call = callNamed(seen);
    const fault = faultyTraceparent(call);
    if (fault) return fault;
    const unsampled = faultOfFlags(call);
    if (!unsampled) return 'ok';
    return {
      found: `${caller} sent the traceparent ${valuesOf(call.headers, 'traceparent')[0]}`,
      ...unsampled,
    };
  };
}

/** A service continues the trace of its caller: run.ts, or the caller of the named call. */
export function continuesTrace(service: string, name?: string): Judge {
  return (seen) => {
    const call = callNamed(seen, name);
    const span = serverSpanOf(seen, service, name);
    if (!span && name === undefined) return noServerSpan(seen, service);
    return span && span.traceId === traceIdOf(call) ? 'ok' : notInTrace(seen, service, name);
  };
}

/** The parent-id in the caller's traceparent is the parent of the service's SERVER span. */
export function isChildOfCaller(service: string): Judge {
  return (seen) => {
    const span = serverSpanOf(seen, service);
    if (!span) return noServerSpan(seen, service);
    const parentId = traceparentOf(callNamed(seen))?.parentId;
    if (span.parentId === parentId) return 'ok';
    return {
      found: `${span.parentId ? `The parent of ${service}'s SERVER span is ${span.parentId}` : `${service}'s SERVER span has no parent`}, but the parent-id in the traceparent is ${parentId ?? 'missing'}.`,
      cause:
        'The SERVER span does not start in the context of the request: something in tracing.ts sets another one.',
      file: `${service}/tracing.ts`,
    };
  };
}

/** No span arrives for a call whose traceparent has the flags 00. */
export function leavesNoTrace(
  name: string,
  cause = 'A sampler ignores the decision of the caller. Remove it: the default sampler respects the flags (parentbased_always_on).',
): Judge {
  return (seen) => {
    const call = callNamed(seen, name);
    const traces = seen.traces.filter(({ traceId }) => traceId === traceIdOf(call));
    if (traces.length === 0) return 'ok';
    return {
      found: `The call had the flags 00, but a span of ${call.to} arrived.`,
      cause,
      file: `${titleOf(call.to, seen)}/tracing.ts`,
      traces,
    };
  };
}

/** A service passes its trace on to another one: the traceparent of its request belongs to the same trace. */
export function propagatesTrace(from: string, to: string): Judge {
  return (seen) => {
    const request = requestWithin(seen, { from, to });
    if (!request) return notSent(from, to);
    const fault = faultyTraceparent(request) ?? withFlags(request);
    if (fault) return fault;

    const trace = traceOfCall(seen);
    const sent = traceIdOf(request);
    if (!trace || sent === trace.traceId) return 'ok';
    return {
      found: `${from} sent ${to} a traceparent of trace ${sent}, but is in trace ${trace.traceId} itself.`,
      cause:
        'The traceparent was generated. It must come from the active context, which contains the trace of the caller: propagation.inject(context.active(), headers).',
      file: senderFile(from),
    };
  };
}

/** The SERVER span of the called service is a child of a span of the calling service, in one trace. */
export function isChildOf(below: string, above: string): Judge {
  return (seen) => {
    const span = serverSpanOf(seen, below);
    if (!span) return noServerSpan(seen, below);
    const [parent] = ancestorsOf(span, traceWith(seen, span));
    if (parent?.service === above) return 'ok';

    const request = requestWithin(seen, { from: above, to: below });
    const fault = request && faultyTraceparent(request);
    if (fault) return fault;
    return orphan(seen, below, above, span.parentId);
  };
}

function orphan(seen: Observation, below: string, above: string, parentId: string | undefined): Failure {
  if (parentId === undefined) {
    return {
      found: `The SERVER span of ${below} has no parent.`,
      cause: `${below} doesn't read the traceparent that ${above} sends: something in tracing.ts replaces the propagator.`,
      file: `${below}/tracing.ts`,
    };
  }
  if (traceparentOf(callNamed(seen))?.parentId === parentId) {
    return {
      found: `The parent of ${below}'s SERVER span is the parent-id that ${caller} sent, so this span is a sibling of ${above}'s.`,
      cause: `${above} passes on the traceparent that it received. The parent must be its own active span: propagation.inject(context.active(), headers).`,
      file: senderFile(above),
    };
  }
  return {
    found: `The parent of ${below}'s SERVER span, ${parentId}, is missing from the trace.`,
    cause: `${above} started this span and never ended it. Only spans that have ended are sent: call span.end(), preferably in a finally block.`,
    file: senderFile(above),
  };
}

function notSent(from: string, to: string): Failure {
  return {
    found: `${from} sent ${to} no request.`,
    cause: `The address of ${to} is hard-coded, or the call was removed. The environment of ${from} contains the right address.`,
    file: senderFile(from),
  };
}

function withFlags(request: Parameters<typeof faultOfFlags>[0]): Failure | undefined {
  const { from, to } = request;
  const unsampled = faultOfFlags(request);
  return unsampled && { found: `${from} sent ${to} a traceparent that is not sampled.`, ...unsampled };
}

/** Why a service that received a valid traceparent is not in its trace. */
function notInTrace(seen: Observation, service: string, name?: string): Failure {
  const call = callNamed(seen, name);
  const fault = name === undefined ? faultyTraceparent(call) : undefined;
  if (fault) return fault;
  return {
    found: `${service} was called with trace ${traceIdOf(call)}, but has no span in it.`,
    cause:
      'It does not read the traceparent: HttpInstrumentation is missing, or tracing.ts sets a propagator that does not support traceparent.',
    file: `${service}/tracing.ts`,
    traces: tracesOfCall(seen, name),
  };
}

/** The folder of a service, or of one of its instances. */
function titleOf(to: string, { services }: Observation): string {
  return services.find(({ name }) => name === to)?.title ?? to;
}
