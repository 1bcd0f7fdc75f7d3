import { ROOT_CONTEXT, trace as opentelemetry } from '@opentelemetry/api';
import type { UsedBackend } from '../backend/connect.ts';
import { isTraced } from '../services/definition.ts';
import type { UsedServices } from '../services/use.ts';
import type { Trace } from '../trace/model.ts';
import { messageOf, UserError } from '../errors.ts';
import { parsed } from '../net/parsed.ts';
import { batchDelayMs, isChecked, isRepeated } from '../settings.ts';
import { awaitTrace } from './await-trace.ts';

/** The input of the function that a run.ts passes to `run`. */
export interface Call {
  /** The URL of each service, without a slash at the end: { 'bands-api': 'http://localhost:8000' }. */
  urls: Record<string, string>;
  /** The URLs of all instances of each service: { 'followers-api': ['http://localhost:8090', …] }. */
  instances: Record<string, string[]>;
  /** The band that the command line asks for. */
  band?: string;
}

/** The result of that function: the response, and the trace id if the caller knows it. */
export interface CallResponse {
  status: number;
  body: string;
  traceId?: string | string[] | undefined;
}

export type MakeCall = (call: Call) => Promise<CallResponse>;

/** A call and its trace. `durationMs` is how long the caller waited for the response. */
export interface CallResult {
  /** Missing if there was no response. */
  status?: number;
  /** Parsed if it is JSON. */
  body?: unknown;
  /** Why there was no response. */
  failure?: string;
  durationMs: number;
  traceId?: string;
  /** The page of the trace or, if the caller doesn't know the id, the page of a search that finds it. */
  url?: string;
  trace?: Trace;
  /** Why the trace backend can't be asked for the trace. */
  lost?: string;
}

const USUAL_START_MS = 2_000; // a service needs this long to start on an idle machine
const FIRST_SPAN_MS = 8_000; // services that were started by hand have the batch processor's default delay, 5 s
const FIRST_SPAN_OF_OURS_MS = batchDelayMs + 3_000;
const OTHER_SIDE_MS = 8_000;
const OTHER_SIDE_OF_OURS_MS = batchDelayMs + 3_000;
const SERVICE_AFTER_FAILURE_MS = 1_000; // a call that failed may not have reached every service

/** Makes the call and waits for its trace. */
export async function call(
  makeCall: MakeCall,
  services: UsedServices,
  backend: UsedBackend,
  band: string | undefined,
): Promise<CallResult> {
  const startMs = Date.now();
  const since = performance.now();
  const outcome = await makeCall({
    urls: services.urls,
    instances: services.instances,
    ...(band !== undefined && { band }),
  }).catch((error) => ({ failure: messageOf(error) }));
  const durationMs = performance.now() - since;

  const root = callerIsTraced();
  if ('failure' in outcome) {
    const result = { ...outcome, durationMs };
    // There is no id. If the caller is traced, the first trace since then is the one that starts with its span.
    const look = async () => (await backend.traces.since(startMs))[0];
    const waiting = () => awaitTrace(look, { firstMs: FIRST_SPAN_OF_OURS_MS, root });
    const waited = root && !isChecked ? await orLost(waiting()) : {};
    if (!('trace' in waited)) return { ...result, ...waited };
    const { traceId } = waited.trace;
    return { ...result, ...waited, traceId, url: `${backend.url}/trace/${traceId}` };
  }

  const { status } = outcome;
  const result = { status, body: parsed(outcome.body), durationMs };
  const traced = services.services.filter(isTraced).map(({ title }) => title);
  const traceId = validId(outcome.traceId);
  if (!traceId && traced.length === 0) return result;
  if (isChecked) return { ...result, ...(traceId && { traceId, url: `${backend.url}/trace/${traceId}` }) };

  const look = traceId
    ? () => backend.traces.trace(traceId)
    : async () => (await backend.traces.since(startMs, traced[0]))[0];
  const ours = isRepeated || services.started.length === services.services.length;
  const slowness = Math.max(1, ...services.started.map(({ readyAfterMs }) => readyAfterMs / USUAL_START_MS));
  const otherSideMs = ours ? OTHER_SIDE_OF_OURS_MS * slowness : OTHER_SIDE_MS;
  const waited = await orLost(
    awaitTrace(look, {
      firstMs: ours ? FIRST_SPAN_OF_OURS_MS * slowness : FIRST_SPAN_MS,
      otherSideMs,
      serviceMs: status < 400 ? otherSideMs : SERVICE_AFTER_FAILURE_MS * slowness,
      services: traceId ? traced : [], // without an id, the first service starts a trace of its own
      consumed: services.services.some(({ consumes }) => consumes !== undefined),
      root,
    }),
  );
  if ('lost' in waited) return { ...result, ...(traceId && { traceId }), ...waited };

  return {
    ...result,
    ...(traceId && { traceId }),
    url: pageUrl(backend.url, traceId, traced),
    ...waited,
  };
}

/** The trace, if there is one; or why the backend can't be asked. */
async function orLost(waiting: Promise<Trace | undefined>): Promise<{ trace?: Trace } | { lost: string }> {
  try {
    const trace = await waiting;
    return trace ? { trace } : {};
  } catch (error) {
    if (error instanceof UserError) return { lost: messageOf(error) };
    throw error;
  }
}

/** The page of a trace, or of a search for it if the caller doesn't know the id. */
export function pageUrl(backendUrl: string, traceId: string | undefined, tracedServices: string[]): string {
  return `${backendUrl}/${traceId ? `trace/${traceId}` : `search?service=${tracedServices[0]}`}`;
}

/** Whether the caller records spans, so that the trace is only complete with its root span. */
function callerIsTraced(): boolean {
  return opentelemetry.getTracer('workshop').startSpan('', {}, ROOT_CONTEXT).isRecording();
}

/** The trace id in the response; undefined if it is invalid, such as the zeros of a service whose tracing is off. */
function validId(received: CallResponse['traceId']): string | undefined {
  const [id] = [received].flat();
  return id && /^[\da-f]{32}$/i.test(id) && !/^0+$/.test(id) ? id : undefined;
}
