import { ROOT_CONTEXT, trace as opentelemetry } from '@opentelemetry/api';
import type { UsedBackend } from '../backend/connect.ts';
import { isTraced } from '../services/definition.ts';
import type { UsedServices } from '../services/use.ts';
import type { Trace } from '../trace/model.ts';
import { messageOf } from '../errors.ts';
import { batchDelayMs, isChecked } from '../settings.ts';
import { awaitTrace } from './await-trace.ts';

/** What a run.ts is given for its call. */
export interface Call {
  /** Where each service of the step is, without a slash at the end: { 'bands-api': 'http://localhost:8000' }. */
  urls: Record<string, string>;
  /** The band that the command line asked for. */
  band?: string;
}

/** What a run.ts gives back: the answer, and the id of the trace if it knows it. */
export interface Answer {
  status: number;
  body: string;
  traceId?: string | string[] | undefined;
}

/** The function that a run.ts hands over. */
export type MakeCall = (call: Call) => Promise<Answer>;

/** A call that was made, with what is known of its trace. `durationMs` is what the caller waited. */
export interface CallResult {
  /** Missing if there was no answer. */
  status?: number;
  /** The body, read as JSON if it is JSON. */
  body?: unknown;
  /** Why there was no answer. */
  failure?: string;
  durationMs: number;
  traceId?: string;
  /** The trace's page; where the caller did not learn the id, the page on which the trace can be found. */
  url?: string;
  trace?: Trace;
}

const USUAL_START_MS = 2_000; // of a service, with its imports, on a machine that has little else to do
const FIRST_SPAN_MS = 8_000; // services started by hand have the batch processor's default delay, 5 s
const FIRST_SPAN_OF_OURS_MS = batchDelayMs + 3_000;
const OTHER_SIDE_MS = 8_000;
const OTHER_SIDE_OF_OURS_MS = batchDelayMs + 3_000;
const SERVICE_AFTER_FAILURE_MS = 1_000; // a call that failed may not have come to every service

/** Makes the call and waits for its trace. */
export async function call(
  makeCall: MakeCall,
  services: UsedServices,
  backend: UsedBackend,
  band: string | undefined,
): Promise<CallResult> {
  const startMs = Date.now();
  const since = performance.now();
  const outcome = await makeCall({ urls: services.urls, ...(band !== undefined && { band }) }).catch(
    (error) => ({ failure: messageOf(error) }),
  );
  const durationMs = performance.now() - since;

  const root = callerIsTraced();
  if ('failure' in outcome) {
    const result = { ...outcome, durationMs };
    // Nobody told an id. What began meanwhile begins with the caller's own span, if it makes one.
    const look = async () => (await backend.traces.since(startMs))[0];
    const own = {
      firstMs: FIRST_SPAN_OF_OURS_MS,
      otherSideMs: 0,
      serviceMs: 0,
      services: [],
      consumed: false,
      root,
    };
    const trace = root && !isChecked ? await awaitTrace(look, own) : undefined;
    return trace
      ? { ...result, trace, traceId: trace.traceId, url: `${backend.url}/trace/${trace.traceId}` }
      : result;
  }

  const { status } = outcome;
  const result = { status, body: parsed(outcome.body), durationMs };
  const traced = services.services.filter(isTraced).map(({ name }) => name);
  const traceId = usableId(outcome.traceId);
  if (!traceId && traced.length === 0) return result;
  if (isChecked) return { ...result, ...(traceId && { traceId, url: `${backend.url}/trace/${traceId}` }) };

  const look = traceId
    ? () => backend.traces.trace(traceId)
    : async () => (await backend.traces.since(startMs, traced[0]))[0];
  const ours = services.started.length === services.services.length;
  const slowness = Math.max(1, ...services.started.map(({ readyAfterMs }) => readyAfterMs / USUAL_START_MS));
  const otherSideMs = ours ? OTHER_SIDE_OF_OURS_MS * slowness : OTHER_SIDE_MS;
  const trace = await awaitTrace(look, {
    firstMs: ours ? FIRST_SPAN_OF_OURS_MS * slowness : FIRST_SPAN_MS,
    otherSideMs,
    serviceMs: status < 400 ? otherSideMs : SERVICE_AFTER_FAILURE_MS * slowness,
    services: traceId ? traced : [], // without an id there is only the first one's own trace
    consumed: services.services.some(({ consumes }) => consumes !== undefined),
    root,
  });

  return {
    ...result,
    ...(traceId && { traceId }),
    url: pageUrl(backend.url, traceId, traced),
    ...(trace && { trace }),
  };
}

/** The page that shows a call: that of its trace, or the one that searches where the caller learned no id. */
export function pageUrl(backendUrl: string, traceId: string | undefined, tracedServices: string[]): string {
  return `${backendUrl}/${traceId ? `trace/${traceId}` : `search?service=${tracedServices[0]}`}`;
}

/** Whether the caller records spans itself, so that the trace is complete only with the root. */
function callerIsTraced(): boolean {
  return opentelemetry.getTracer('workshop').startSpan('', {}, ROOT_CONTEXT).isRecording();
}

/** The id that the caller was told; undefined if that is none, as the zeros are where tracing is switched off. */
function usableId(told: Answer['traceId']): string | undefined {
  const [id] = [told].flat();
  return id && /^[\da-f]{32}$/i.test(id) && !/^0+$/.test(id) ? id : undefined;
}

/** A body, read as JSON if it is JSON. */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
