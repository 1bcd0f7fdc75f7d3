import type { Service } from '../services/definition.ts';
import type { LogRecord } from '../trace/log-record.ts';
import type { Span, Trace } from '../trace/model.ts';
import type { Exchange, Header } from './relay.ts';
import type { Published } from './relations.ts';
import type { SecondRun } from './second-run.ts';
import type { Message } from './tap.ts';
import { readTraceparent, type Traceparent } from './traceparent.ts';

/** Everything that could be observed from outside while a folder's services ran: what the judges look at. */
export interface Observation {
  folder: string;
  services: Service[];
  run: RunOutcome;
  /** The second run of run.ts, if the lesson needs one and the first was successful. */
  secondRun?: SecondRun;
  /** The check's own calls by name, in the same form as what passed through a relay. */
  calls: Map<string, Exchange>;
  /** The requests that run.ts and the services sent each other, in chronological order. */
  exchanges: Exchange[];
  /** What the services published. */
  messages: Message[];
  /** How many messages were in the queue of each consuming service after the services had stopped. */
  unsettled: Map<string, number>;
  /** How many messages each consuming service has rejected to its dead letters. */
  rejected: Map<string, number>;
  /** What services have published over each relation. */
  relations: Published[];
  /** What the lesson's programs printed, by name. */
  programs: Map<string, ProgramOutcome>;
  /** What promtool printed for each of the lesson's tests for rules; nothing for one that passed. */
  ruleTests: Map<string, string>;
  /** Every trace that arrived. */
  traces: Trace[];
  /** Every log record that arrived, in chronological order. */
  logs: LogRecord[];
  /** The lines that each service printed. */
  lines: Map<string, string[]>;
  /** The text of run.ts, of each tracing.ts, and of each file in monitoring/, by path, to find likely causes in. */
  sources: Map<string, string>;
  /** Where spans should be sent: the value of OTEL_EXPORTER_OTLP_ENDPOINT. */
  endpoint: string;
  /** How busy the machine was: see slowness.ts. */
  slowness: number;
}

/** The lines that a program printed. */
export interface ProgramOutcome {
  stdout: string[];
  stderr: string[];
}

/** The output of run.ts. */
export interface RunOutcome extends ProgramOutcome {
  /** What it printed as JSON: the response body, the trace id if it knew it, and what the services promise. */
  output?: { body: unknown; traceId: string | null; promise?: unknown };
}

/** The program that makes the call of a step. */
export const caller = 'run.ts';

/** The call that run.ts made; undefined if it didn't send a request to any service. */
export function callOfRun({ exchanges }: Observation): Exchange | undefined {
  return exchanges.find(({ from }) => from === caller);
}

/** The call that the lesson gave this name; without a name, the call of run.ts. */
export function callNamed(seen: Observation, name?: string): Exchange {
  const call = name === undefined ? callOfRun(seen) : seen.calls.get(name);
  if (!call) throw new Error(`The lesson judges the call "${name ?? caller}", which was not made.`);
  return call;
}

/** The values of a header, given by its lowercase name. */
export function valuesOf(headers: readonly Header[], name: string): string[] {
  return headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value);
}

/** The trace context of a request; undefined unless it has exactly one traceparent, and that is valid. */
export function traceparentOf({ headers }: Exchange): Traceparent | undefined {
  const [value, second] = valuesOf(headers, 'traceparent');
  const read = readTraceparent(value ?? '');
  return 'fault' in read || second !== undefined ? undefined : read;
}

/** The id of the trace that a request belongs to, if its traceparent is valid. */
export function traceIdOf(exchange: Exchange): string | undefined {
  return traceparentOf(exchange)?.traceId;
}

/** The request from one program to a service within a call; `from` can be left out. */
export function requestWithin(
  seen: Observation,
  hop: { from?: string; to: string },
  name?: string,
): Exchange | undefined {
  const call = callNamed(seen, name);
  if (hop.to === call.to && (hop.from ?? call.from) === call.from) return call;
  const requests = seen.exchanges.filter(
    ({ from, to, startMs }) =>
      from !== caller && from === (hop.from ?? from) && to === hop.to && startMs >= call.startMs,
  );
  const traceId = traceIdOf(call);
  const same = requests.find((request) => traceId !== undefined && traceIdOf(request) === traceId);
  if (same || name !== undefined) return same;
  const others = idsOfCalls(seen);
  return requests.find((request) => !others.has(traceIdOf(request)));
}

/**
 * The traces that a call led to: first the one whose id the caller sent, then those whose id no caller sent. A call
 * without an id is in one of the latter, as is what was separated from its trace.
 */
export function tracesOfCall(seen: Observation, name?: string): Trace[] {
  const traceId = traceIdOf(callNamed(seen, name));
  const others = idsOfCalls(seen);
  const own = seen.traces.filter((trace) => trace.traceId === traceId);
  const strays = seen.traces.filter((trace) => trace.traceId !== traceId && !others.has(trace.traceId));
  return [...own, ...strays];
}

/** The spans of those traces. */
export function spansOfCall(seen: Observation, name?: string): Span[] {
  return tracesOfCall(seen, name).flatMap(({ spans }) => spans);
}

/** The span in which a service handled a call: of kind SERVER, or CONSUMER if it receives messages. */
export function serverSpanOf(seen: Observation, service: string, name?: string): Span | undefined {
  return spansOfCall(seen, name).find(
    (span) => span.service === service && (span.kind === 'server' || span.kind === 'consumer'),
  );
}

/** The trace of a call: the one in which the called service has its span. */
export function traceOfCall(seen: Observation, name?: string): Trace | undefined {
  const span = serverSpanOf(seen, callNamed(seen, name).to, name);
  return span && traceWith(seen, span);
}

/** The trace that contains a span. */
export function traceWith({ traces }: Observation, { traceId }: Span): Trace {
  return traces.find((trace) => trace.traceId === traceId)!;
}

/** The ancestors of a span, the parent first. */
export function ancestorsOf(span: Span, { spans }: Trace): Span[] {
  const ancestors: Span[] = [];
  let above = parentOf(span, spans);
  while (above && !ancestors.includes(above)) {
    ancestors.push(above);
    above = parentOf(above, spans);
  }
  return ancestors;
}

/** Whether the code of the lesson created a span, and not an instrumentation. */
export function isCustom({ scope }: Span): boolean {
  return !/^@opentelemetry\/instrumentation|^@fastify\/otel/.test(scope);
}

/** Parent ids that are missing from a trace, except for the one that run.ts sent. */
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

/** The ids of the traces that the check itself started. */
function idsOfCalls({ calls }: Observation): Set<string | undefined> {
  const ids = new Set([...calls.values()].map(traceIdOf));
  ids.delete(undefined);
  return ids;
}
