/** Why spans are missing or a trace breaks: the causes that several expectations share. */
import { isTraced } from '../services/definition.ts';
import type { Trace } from '../trace/model.ts';
import { counted } from '../trace/numbers.ts';
import type { Failure } from './lesson.ts';
import { caller, requestWithin, tracesOfCall, valuesOf, type Observation } from './observation.ts';
import { shownLines } from './printed.ts';
import type { Exchange } from './relay.ts';
import { readTraceparent } from './traceparent.ts';

const exportError = /OTLPExporterError|UNAVAILABLE|ECONNREFUSED|ENOTFOUND|EAI_AGAIN/;
const looksLikeTraceparent = /^[\da-f]{2}-[\da-f]+-[\da-f]+-[\da-f]{1,2}$/i;

/** Why a service has no span of kind SERVER in the call of run.ts. */
export function noServerSpan(seen: Observation, service: string): Failure {
  const request = requestWithin(seen, { to: service });
  if (!request && isAskedByHttp(seen, service)) return notAsked(seen, service);

  const traces = tracesOfCall(seen);
  const spans = traces.flatMap((trace) => trace.spans.filter((span) => span.service === service));
  const file = `${service}/tracing.ts`;
  if (spans.length === 0) {
    return { found: `No span of ${service} arrived.`, traces, file, ...whyNoSpan(seen, service, request) };
  }

  const kinds = [...new Set(spans.map(({ kind }) => kind.toUpperCase()))].join(' and ');
  const byLibraries = spans.some(({ scope }) => /fastify/.test(scope));
  return {
    found: `${service} made ${counted(spans.length, 'span')}, but only of kind ${kinds}.`,
    cause: byLibraries
      ? 'HttpInstrumentation is missing from the instrumentations: it makes the SERVER span and reads the traceparent; Fastify adds to it.'
      : 'No instrumentation is at work: are HttpInstrumentation and FastifyInstrumentation in the list, and is it this file that sets them up before the app is imported?',
    file,
    traces,
  };
}

/** Why a request does not belong to the trace that it should belong to; undefined if its traceparent is valid. */
export function faultyTraceparent({ from, to, headers }: Exchange): Omit<Failure, 'traces'> | undefined {
  const file = senderFile(from);
  const values = valuesOf(headers, 'traceparent');
  if (values.length > 1) {
    return {
      found: `${from} sent ${to} ${values.length} traceparents in one request.`,
      cause:
        'Two write it: the instrumentation, and lines by hand. Neither counts then. Take out those by hand.',
      file,
    };
  }

  const [value] = values;
  if (value === undefined) {
    const misspelt = headers.find(([, text]) => looksLikeTraceparent.test(text));
    if (misspelt) {
      return {
        found: `${from} sent ${to} no header traceparent, but one called "${misspelt[0]}".`,
        cause: `The header is misspelt: its name is traceparent, one word, so nobody reads "${misspelt[0]}".`,
        file,
      };
    }
    return { found: `${from} sent ${to} no header traceparent.`, cause: howToSend(from), file };
  }

  const read = readTraceparent(value);
  if ('traceId' in read) return undefined;
  return {
    found: `${from} sent ${to} the traceparent ${value}`,
    cause: `It ${read.fault}. Whoever gets an invalid one ignores it and begins a new trace.`,
    file,
  };
}

/** What the request of a step is missing if it has no traceparent. */
function howToSend(from: string): string {
  return from === caller
    ? 'The header was not made, or not passed on: request(url, { headers }).'
    : 'Nothing wrote the context of the active span into the headers of the request, or the headers were not passed on: propagation.inject(context.active(), headers), then askReviewsApi(path, { headers, signal }).';
}

/** The file of a program that sends requests. */
export function senderFile(program: string): string {
  return program === caller ? caller : `${program}/app.ts`;
}

/** Whether requests to a service can be seen: gRPC passes unread, and messages go another way. */
function isAskedByHttp({ services }: Observation, service: string): boolean {
  const { port, protocol } = services.find(({ name }) => name === service)!;
  return port !== undefined && protocol === undefined;
}

function notAsked(seen: Observation, service: string): Failure {
  const asked = seen.exchanges.filter(({ from }) => from === caller).map(({ to }) => to);
  return {
    found: `Nobody asked ${service}.`,
    cause: `${asked[0] ?? caller} should send it a request, and does not any more, or sends it to a fixed address instead of the one that it is given.`,
    file: `${asked[0] ?? service}/app.ts`,
    traces: tracesOfCall(seen),
  };
}

function whyNoSpan(
  seen: Observation,
  service: string,
  request: Exchange | undefined,
): Partial<Failure> & { cause: string } {
  const file = `${service}/tracing.ts`;
  if (!isTraced(seen.services.find(({ name }) => name === service)!)) {
    return {
      cause: `${service} has no tracing.ts. A file of this name is loaded before the app; set up anywhere else, tracing comes too late, because what is imported already cannot be traced any more.`,
    };
  }

  const unsampled = request && faultOfFlags(request);
  if (unsampled) return unsampled;

  const lines = seen.lines.get(service)!;
  const failed = lines.find((line) => exportError.test(line));
  if (failed) {
    const address = /(?:connect \w+ |Name resolution failed for target dns:)(\[?[\w.:-]+\]?:\d+)/.exec(
      failed,
    )?.[1];
    return {
      cause: `Its spans could not be sent${address ? ` to ${address}` : ''}: the exporter has a wrong address or port. Leave the url out, and OTEL_EXPORTER_OTLP_ENDPOINT says where to (${seen.endpoint} in this check).`,
    };
  }
  const { elsewhere } = seen;
  if (elsewhere.traces.some(({ spans }) => spans.some((span) => span.service === service))) {
    return {
      cause: `Its spans went to the backend at ${elsewhere.url}: the address of the exporter is fixed. Leave the url out, and OTEL_EXPORTER_OTLP_ENDPOINT says where to.`,
      traces: elsewhere.traces,
    };
  }

  const renamed = request && spansUnderAnotherName(seen, request);
  if (renamed) {
    const unnamed = renamed.service.startsWith('unknown_service');
    return {
      cause: unnamed
        ? `Its spans came under the name ${renamed.service}: tracing.ts does not say serviceName: '${service}'.`
        : `Its spans came under the name ${renamed.service}: tracing.ts has the serviceName of the service that it was copied from; it must be '${service}'.`,
      traces: renamed.traces,
    };
  }
  if (lines.some((line) => /^\s*traceId: '[\da-f]{32}'/.test(line))) {
    return {
      cause:
        'Its spans are printed instead of sent: the exporter is one for the console. Use OTLPTraceExporter.',
    };
  }
  const printed = shownLines(lines.filter((line) => !line.startsWith('{')));
  return {
    cause:
      'tracing.ts is loaded, but nothing makes spans: is sdk.start() called, are the instrumentations in the list, and has it the exporter?',
    file,
    ...(printed.length > 0 && { lines: printed }),
  };
}

/** A traceparent whose flags say that nobody should record the trace (W3C Trace Context, 3.2.2.5.1 "Sampled Flag"). */
export function faultOfFlags({ from, headers }: Exchange): { cause: string; file: string } | undefined {
  const [value] = valuesOf(headers, 'traceparent');
  const read = value === undefined ? undefined : readTraceparent(value);
  if (!read || !('traceId' in read) || read.sampled) return undefined;
  return {
    cause: `The flags of its traceparent are ${value!.slice(-2)}, which is not sampled: nobody records such a trace. 01 asks for it.`,
    file: senderFile(from),
  };
}

/** A SERVER span for the path of a request by somebody who was not asked for it. */
function spansUnderAnotherName(
  seen: Observation,
  { path, to }: Exchange,
): { service: string; traces: Trace[] } | undefined {
  const [pathname] = path.split('?');
  for (const trace of seen.traces) {
    const span = trace.spans.find(
      ({ kind, service, attributes }) =>
        kind === 'server' && service !== to && attributes['url.path'] === pathname,
    );
    if (span) return { service: span.service, traces: [trace] };
  }
  return undefined;
}
