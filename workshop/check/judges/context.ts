/** Whether the context of a trace is passed from one program to the next. */
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
  tracesOfCall,
  valuesOf,
} from '../observation.ts';
import { faultOfFlags, faultyTraceparent, noServerSpan, senderFile } from '../causes.ts';

/** The call of run.ts carries a traceparent that is valid and asks for the trace to be recorded. */
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

/** A service takes part in the trace of its caller: run.ts, or whoever makes the call that is named. */
export function continuesTrace(service: string, name?: string): Judge {
  return (seen) => {
    const call = callNamed(seen, name);
    const span = serverSpanOf(seen, service, name);
    if (!span) return name === undefined ? noServerSpan(seen, service) : notInTrace(seen, service, name);
    const traceId = traceIdOf(call);
    if (span.traceId === traceId) return 'ok';
    return notInTrace(seen, service, name);
  };
}

/** The caller's parent-id, as its traceparent says, is the parent of the service's span. */
export function isChildOfCaller(service: string): Judge {
  return (seen) => {
    const span = serverSpanOf(seen, service);
    if (!span) return noServerSpan(seen, service);
    const parentId = traceparentOf(callNamed(seen))?.parentId;
    if (span.parentId === parentId) return 'ok';
    return {
      found: `The parent of ${service}'s SERVER span is ${span.parentId ?? 'nobody'}, while the traceparent said ${parentId ?? 'nothing'}.`,
      cause:
        'The context that came with the request is not the one in which the SERVER span begins: something sets another one.',
      file: `${service}/tracing.ts`,
      traces: tracesOfCall(seen),
    };
  };
}

/** A call whose traceparent has the flags 00 leaves no span. */
export function leavesNoTrace(name: string): Judge {
  return (seen) => {
    const call = callNamed(seen, name);
    const traces = seen.traces.filter(({ traceId }) => traceId === traceIdOf(call));
    if (traces.length === 0) return 'ok';
    return {
      found: `The call came with the flags 00, and ${call.to} recorded it all the same.`,
      cause:
        'A sampler decides for itself. Leave the sampler out: the default does as the caller says (parentbased_always_on).',
      file: `${call.to}/tracing.ts`,
      traces,
    };
  };
}

/** A service that is asked by another passes its trace on: the request's traceparent belongs to the same trace. */
export function propagatesTrace(from: string, to: string): Judge {
  return (seen) => {
    const request = requestWithin(seen, { from, to });
    if (!request) return notSent(from, to);
    const fault = faultyTraceparent(request) ?? withFlags(request);
    if (fault) return { ...fault, traces: tracesOfCall(seen) };

    const trace = traceOfCall(seen);
    const sent = traceIdOf(request);
    if (!trace || sent === trace.traceId) return 'ok';
    return {
      found: `${from} sent ${to} a traceparent of trace ${sent}, and is itself in trace ${trace.traceId}.`,
      cause:
        'The traceparent was made anew. It has to come from the active context, which knows the trace that came in: propagation.inject(context.active(), headers).',
      file: senderFile(from),
      traces: tracesOfCall(seen),
    };
  };
}

/** The SERVER span of the service that was asked lies below a span of the one that asked, in one trace. */
export function isChildOf(below: string, above: string): Judge {
  return (seen) => {
    const span = serverSpanOf(seen, below);
    if (!span) return noServerSpan(seen, below);
    const trace = seen.traces.find(({ traceId }) => traceId === span.traceId)!;
    const parent = ancestorsOf(span, trace)[0];
    if (parent?.service === above) return 'ok';

    const request = requestWithin(seen, { from: above, to: below });
    const fault = request && faultyTraceparent(request);
    if (fault) return { ...fault, traces: tracesOfCall(seen) };
    return { ...orphan(seen, below, above, span.parentId), traces: tracesOfCall(seen) };
  };
}

function orphan(seen: Observation, below: string, above: string, parentId: string | undefined): Failure {
  if (parentId === undefined) {
    return {
      found: `The SERVER span of ${below} has no parent.`,
      cause: `${below} does not read the traceparent that ${above} sends: something in tracing.ts replaces the propagator.`,
      file: `${below}/tracing.ts`,
    };
  }
  if (traceparentOf(callNamed(seen))?.parentId === parentId) {
    return {
      found: `The SERVER span of ${below} is a child of ${caller}'s parent-id, and so a sibling of ${above}'s.`,
      cause: `${above} passes on the traceparent as it came in. Its own active span has to be the parent: propagation.inject(context.active(), headers).`,
      file: senderFile(above),
    };
  }
  return {
    found: `The parent of ${below}'s SERVER span is ${parentId}, and no span with this id arrived.`,
    cause: `A span of ${above} was begun, made the parent, and never ended: only what has ended is sent. Call span.end(), best in a finally.`,
    file: senderFile(above),
  };
}

function notSent(from: string, to: string): Failure {
  return {
    found: `${from} sent ${to} no request.`,
    cause: `Its address is fixed, or the call is gone. ${from} is told by its environment where ${to} is.`,
    file: senderFile(from),
  };
}

function withFlags(request: Parameters<typeof faultOfFlags>[0]): Failure | undefined {
  const unsampled = faultOfFlags(request);
  return (
    unsampled && {
      found: `${request.from} sent ${request.to} a traceparent that is not sampled.`,
      ...unsampled,
    }
  );
}

/** Why a service that was given a valid traceparent is not in that trace. */
function notInTrace(seen: Observation, service: string, name?: string): Failure {
  const call = callNamed(seen, name);
  const fault = name === undefined ? faultyTraceparent(call) : undefined;
  if (fault) return { ...fault, traces: tracesOfCall(seen) };
  const strays = tracesOfCall(seen, name);
  return {
    found: `${service} was called with trace ${traceIdOf(call)}, and has no span in it.`,
    cause:
      'It does not read the traceparent: HttpInstrumentation is missing, or something in tracing.ts replaces the propagator by one that does not know traceparent.',
    file: `${service}/tracing.ts`,
    traces: strays,
  };
}
