/** Why spans are missing or a trace is broken: the causes that several judges share. */
import { listed } from '../listed.ts';
import type { Trace } from '../trace/model.ts';
import { counted } from '../trace/numbers.ts';
import type { Failure } from './lesson.ts';
import { caller, requestWithin, tracesOfCall, valuesOf, type Observation } from './observation.ts';
import { shownLines } from './printed.ts';
import type { Exchange } from './relay.ts';
import { readTraceparent } from './traceparent.ts';

const exportError = /OTLPExporterError|UNAVAILABLE|ECONNREFUSED|ENOTFOUND|EAI_AGAIN/;
const looksLikeTraceparent = /^[\da-f]{2}-[\da-f]+-[\da-f]+-[\da-f]{1,2}$/i;
const importsApp = /^\s*import\b.*['"]\.\/(?:app|main)\.ts['"]|\bimport\(['"]\.\/(?:app|main)\.ts/m;

/** Why a service has no SERVER span in the call of run.ts. */
export function noServerSpan(seen: Observation, service: string): Failure {
  const request = requestWithin(seen, { to: service });
  if (!request && isCalledOverHttp(seen, service)) return notCalled(seen, service);

  const traces = tracesOfCall(seen);
  const spans = traces.flatMap((trace) => trace.spans.filter((span) => span.service === service));
  const file = `${service}/tracing.ts`;
  if (spans.length === 0) {
    return { found: `No span of ${service} arrived.`, traces, file, ...whyNoSpan(seen, service, request) };
  }

  const kinds = [...new Set(spans.map(({ kind }) => kind.toUpperCase()))];
  const byFastify = spans.some(({ scope }) => /fastify/.test(scope));
  return {
    found: `${service} created ${counted(spans.length, 'span')}, but only of kind ${listed(kinds)}.`,
    cause:
      appImportedEarly(seen, service) ??
      (byFastify
        ? 'HttpInstrumentation is missing from the instrumentations: it creates the SERVER span and reads the traceparent; the instrumentation of Fastify adds to it.'
        : 'No instrumentation creates a SERVER span. Is HttpInstrumentation in the list, and does this file set it up before the app is imported?'),
    file,
    traces,
  };
}

/** For a service without a tracing.ts: why it needs one; undefined for any other service. */
export function tracingFileMissing({ sources }: Observation, service: string): string | undefined {
  if (sources.has(`${service}/tracing.ts`)) return undefined;
  return `${service} has no tracing.ts. A file with this name is loaded before the app. Anywhere else, tracing is set up too late: modules that are already imported can't be instrumented.`;
}

/** For a tracing.ts that imports the app: why that is too early; undefined for any other tracing.ts. */
export function appImportedEarly({ sources }: Observation, service: string): string | undefined {
  if (!importsApp.test(sources.get(`${service}/tracing.ts`) ?? '')) return undefined;
  return "tracing.ts imports the app. If the app is imported before the instrumentations are set up, they can't wrap the libraries that it uses. Remove the import: main.ts imports the app.";
}

/** Why a request does not belong to the expected trace; undefined if its traceparent is valid. */
export function faultyTraceparent({ from, to, headers }: Exchange): Omit<Failure, 'traces'> | undefined {
  const file = senderFile(from);
  const values = valuesOf(headers, 'traceparent');
  if (values.length > 1) {
    return {
      found: `${from} sent ${to} ${values.length} traceparent headers in one request.`,
      cause:
        'Both the instrumentation and your own lines write it, and then both values are ignored. Remove your lines.',
      file,
    };
  }

  const [value] = values;
  if (value === undefined) {
    const misspelled = headers.find(([, text]) => looksLikeTraceparent.test(text));
    if (misspelled) {
      return {
        found: `${from} sent ${to} a header called "${misspelled[0]}", but no traceparent.`,
        cause: `The header is misspelled: its name is traceparent, in one word. "${misspelled[0]}" is ignored.`,
        file,
      };
    }
    return { found: `${from} sent ${to} no traceparent header.`, cause: howToSend(from), file };
  }

  const read = readTraceparent(value);
  if ('traceId' in read) return undefined;
  return {
    found: `${from} sent ${to} the traceparent ${value}`,
    cause: `It ${read.fault}. A service ignores an invalid traceparent and starts a new trace.`,
    file,
  };
}

/** What is probably missing if a request has no traceparent. */
function howToSend(from: string): string {
  return from === caller
    ? 'The header was not created, or not passed on: request(url, { headers }).'
    : 'The context of the active span was not written into the headers of the request, or the headers were not passed on: propagation.inject(context.active(), headers), then askReviewsApi(path, { headers, signal }).';
}

/** The file of a program that sends requests. */
export function senderFile(program: string): string {
  return program === caller ? caller : `${program}/app.ts`;
}

/** Whether the relays show requests to a service: they don't read gRPC, and messages don't pass through them. */
function isCalledOverHttp({ services }: Observation, service: string): boolean {
  const { port, protocol } = services.find(({ title }) => title === service)!;
  return port !== undefined && protocol === undefined;
}

function notCalled(seen: Observation, service: string): Failure {
  const called = seen.exchanges.find(({ from }) => from === caller)?.to;
  return {
    found: `${service} received no request.`,
    cause: `${called ?? caller} no longer sends a request to ${service}, or sends the request to a fixed address instead of the one in its environment.`,
    file: `${called ?? service}/app.ts`,
    traces: tracesOfCall(seen),
  };
}

function whyNoSpan(
  seen: Observation,
  service: string,
  request: Exchange | undefined,
): Partial<Failure> & { cause: string } {
  const noFile = tracingFileMissing(seen, service);
  if (noFile) return { cause: noFile };

  const unsampled = request && faultOfFlags(request);
  if (unsampled) return unsampled;

  const lines = seen.lines.get(service)!;
  const unsent = whyUnsent(seen, service);
  if (unsent) return { cause: `Its spans ${unsent}` };

  const renamed = request && spansUnderAnotherName(seen, request);
  if (renamed) return { cause: causeOfName(seen, service, renamed.service), traces: renamed.traces };
  if (lines.some((line) => /^\s*traceId: '[\da-f]{32}'/.test(line))) {
    return {
      cause: 'Its spans are printed, not sent: the exporter writes to the console. Use OTLPTraceExporter.',
    };
  }
  const printed = shownLines(lines.filter((line) => !line.startsWith('{')));
  return {
    cause:
      appImportedEarly(seen, service) ??
      'tracing.ts is loaded, but creates no spans. Does it call sdk.start(), list the instrumentations, and set the exporter? And does it call sdk.shutdown() only when the process ends?',
    ...(printed.length > 0 && { lines: printed }),
  };
}

/** Why an exporter of a service failed, to be read after "Its spans"; undefined if none printed an error. */
export function whyUnsent({ lines, endpoint }: Observation, service: string): string | undefined {
  const failed = lines.get(service)!.find((line) => exportError.test(line));
  if (!failed) return undefined;
  const address = /(?:connect \w+ |Name resolution failed for target dns:)(\[?[\w.:-]+\]?:\d+)/.exec(
    failed,
  )?.[1];
  return `could not be sent${address ? ` to ${address}` : ''}: the exporter has a wrong address or port. Without a url, it uses OTEL_EXPORTER_OTLP_ENDPOINT (${endpoint} in this check).`;
}

/** Why the spans of a service have another service name. */
function causeOfName({ services }: Observation, service: string, name: string): string {
  const arrived = `Its spans arrived under the name ${name}:`;
  if (name.startsWith('unknown_service')) {
    return `${arrived} tracing.ts does not set serviceName: '${service}'.`;
  }
  return services.some((other) => other.title === name)
    ? `${arrived} tracing.ts still has the serviceName of the service that it was copied from. Set it to '${service}'.`
    : `${arrived} the serviceName in tracing.ts is misspelled. Set it to '${service}'.`;
}

/** A traceparent whose flags ask not to record the trace (W3C Trace Context, 3.2.2.5.1 "Sampled Flag"). */
export function faultOfFlags({ from, headers }: Exchange): { cause: string; file: string } | undefined {
  const [value] = valuesOf(headers, 'traceparent');
  const read = value === undefined ? undefined : readTraceparent(value);
  if (!read || !('traceId' in read) || read.sampled) return undefined;
  return {
    cause: `The flags of the traceparent that ${from} sent are ${value!.slice(-2)}, which means "not sampled": services don't record such a trace. Set them to 01.`,
    file: senderFile(from),
  };
}

/** A SERVER span for the path of a request, from a service that did not receive it. */
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
