import type { Service } from '../services/definition.ts';
import type { Span, Trace } from '../trace/model.ts';
import type { Exchange, Header } from './relay.ts';
import type { SecondRun } from './second-run.ts';
import type { Message } from './tap.ts';
import { readTraceparent, type Traceparent } from './traceparent.ts';

/** All that could be seen from outside while a folder's services ran: what the expectations look at. */
export interface Observation {
  folder: string;
  services: Service[];
  run: RunOutcome;
  /** What run.ts did in a second run, if the lesson wants one and the first went well. */
  secondRun?: SecondRun;
  /** The check's own calls by name, in the same form as what went over a relay. */
  calls: Map<string, Exchange>;
  /** What run.ts and the services sent each other, in order of time. */
  exchanges: Exchange[];
  /** What the services published. */
  messages: Message[];
  /** How many messages waited in the queue of each service that takes some, once the services had ended. */
  unsettled: Map<string, number>;
  /** How many messages each consuming service has rejected to its dead letters. */
  rejected: Map<string, number>;
  /** Every trace that arrived. */
  traces: Trace[];
  /** What each service printed, line by line. */
  lines: Map<string, string[]>;
  /** Where spans should go: the value of OTEL_EXPORTER_OTLP_ENDPOINT. */
  endpoint: string;
  /** Traces that went to the backend at JAEGER_URL instead. */
  elsewhere: { url: string; traces: Trace[] };
}

/** What run.ts did. */
export interface RunOutcome {
  /** What it printed as JSON: the id of the trace, if it learned it. */
  output?: { traceId: string | null };
  stdout: string[];
  stderr: string[];
}

/** Who makes the call of a step. */
export const caller = 'run.ts';

/** The call that run.ts made: its request and response; undefined if no service was asked. */
export function callOfRun({ exchanges }: Observation): Exchange | undefined {
  return exchanges.find(({ from }) => from === caller);
}

/** A call by the name that the lesson gave it; run.ts's own if none is given. */
export function callNamed(seen: Observation, name?: string): Exchange {
  const call = name === undefined ? callOfRun(seen) : seen.calls.get(name);
  if (!call) throw new Error(`The lesson looks at a call "${name ?? caller}" that was not made.`);
  return call;
}

/** The values of a header, whose name is given in small letters. */
export function valuesOf(headers: readonly Header[], name: string): string[] {
  return headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value);
}

/** What a request says about its trace; undefined if it has not exactly one traceparent, or that is invalid. */
export function traceparentOf({ headers }: Exchange): Traceparent | undefined {
  const [value, second] = valuesOf(headers, 'traceparent');
  const read = readTraceparent(value ?? '');
  return 'fault' in read || second !== undefined ? undefined : read;
}

/** The id of the trace that a request belongs to, if its traceparent is valid. */
export function traceIdOf(exchange: Exchange): string | undefined {
  return traceparentOf(exchange)?.traceId;
}

/** The request of one service (or run.ts) to another within a call; run.ts's own call if none is named. */
export function requestWithin(
  seen: Observation,
  way: { from?: string; to: string },
  name?: string,
): Exchange | undefined {
  const call = callNamed(seen, name);
  if (way.to === call.to && (way.from ?? call.from) === call.from) return call;
  const requests = seen.exchanges.filter(
    ({ from, to, startMs }) =>
      from !== caller && from === (way.from ?? from) && to === way.to && startMs >= call.startMs,
  );
  const traceId = traceIdOf(call);
  const same = requests.find((request) => traceId !== undefined && traceIdOf(request) === traceId);
  if (same || name !== undefined) return same;
  const others = idsOfCalls(seen);
  return requests.find((request) => !others.has(traceIdOf(request)));
}

/**
 * The traces that a call led to: the one whose id the caller gave, then those that nobody asked for, among which a
 * call of run.ts without an id, and what broke off from a trace, must be.
 */
export function tracesOfCall(seen: Observation, name?: string): Trace[] {
  const traceId = traceIdOf(callNamed(seen, name));
  const others = idsOfCalls(seen);
  const own = seen.traces.filter((trace) => trace.traceId === traceId);
  const strays = seen.traces.filter((trace) => trace.traceId !== traceId && !others.has(trace.traceId));
  return [...own, ...strays];
}

/** The span with which a service took part in a call: of kind SERVER, or CONSUMER where it takes messages. */
export function serverSpanOf(seen: Observation, service: string, name?: string): Span | undefined {
  return tracesOfCall(seen, name)
    .flatMap(({ spans }) => spans)
    .find((span) => span.service === service && (span.kind === 'server' || span.kind === 'consumer'));
}

/** The trace of a call: the one in which the service that was called has its span. */
export function traceOfCall(seen: Observation, name?: string): Trace | undefined {
  const span = serverSpanOf(seen, callNamed(seen, name).to, name);
  return seen.traces.find(({ traceId }) => traceId === span?.traceId);
}

/** The spans above a span, the parent first. */
export function ancestorsOf(span: Span, { spans }: Trace): Span[] {
  const ancestors: Span[] = [];
  let above = parentOf(span, spans);
  while (above && !ancestors.includes(above)) {
    ancestors.push(above);
    above = parentOf(above, spans);
  }
  return ancestors;
}

/** Whether no instrumentation made a span, but somebody who wanted to see some work. */
export function isCustom(span: Span): boolean {
  return span.kind === 'internal' && !/^@opentelemetry\/instrumentation|^@fastify\/otel/.test(span.scope);
}

/** Ids that spans claim as their parents and that are in no span, but for the one which run.ts sent. */
export function missingParents(seen: Observation, { spans }: Trace): Set<string> {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const missing = new Set(
    spans.flatMap(({ parentId }) => (parentId && !ids.has(parentId) ? [parentId] : [])),
  );
  missing.delete(traceparentOf(callNamed(seen))?.parentId ?? '');
  return missing;
}

function parentOf({ parentId }: Span, spans: Span[]): Span | undefined {
  return parentId === undefined ? undefined : spans.find(({ spanId }) => spanId === parentId);
}

/** The ids of the traces that the check itself began. */
function idsOfCalls({ calls }: Observation): Set<string | undefined> {
  const ids = new Set([...calls.values()].map(traceIdOf));
  ids.delete(undefined);
  return ids;
}
