import { trace as opentelemetry, type ProxyTracerProvider } from '@opentelemetry/api';
import { findTraces, queryTrace } from '../backend/query.ts';
import type { UsedBackend } from '../backend/connect.ts';
import { isTraced } from '../services/definition.ts';
import type { UsedServices } from '../services/use.ts';
import type { Trace } from '../trace/model.ts';
import { messageOf, UserError } from '../errors.ts';
import { isChecked } from '../settings.ts';
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
  status: number;
  /** The body, read as JSON if it is JSON. */
  body: unknown;
  durationMs: number;
  traceId?: string;
  /** The trace's page; where the caller did not learn the id, the page on which the trace can be found. */
  url?: string;
  trace?: Trace;
}

const USUAL_START_MS = 2_000; // of a service, with its imports, on a machine that has little else to do
const FIRST_SPAN_MS = 8_000; // the batch processor's own default delay is 5 s: services started by hand have it
const FIRST_SPAN_OF_OURS_MS = 3_000;
const OTHER_SIDE_MS = 8_000;
const OTHER_SIDE_OF_OURS_MS = 3_000;

/**
 * Makes the call and waits for its trace.
 * @throws UserError when the call got no answer at all
 */
export async function call(
  makeCall: MakeCall,
  services: UsedServices,
  backend: UsedBackend,
  band: string | undefined,
): Promise<CallResult> {
  const startMs = Date.now();
  const since = performance.now();
  const answer = await makeCall({ urls: services.urls, ...(band !== undefined && { band }) }).catch(
    (error) => {
      throw new UserError(
        `The call got no answer (${messageOf(error)}): see the services' logs in .workshop/logs.`,
      );
    },
  );
  const result = { status: answer.status, body: parsed(answer.body), durationMs: performance.now() - since };

  await flushCaller();
  const traced = services.services.filter(isTraced).map(({ name }) => name);
  const traceId = [answer.traceId].flat()[0];
  if (!traceId && traced.length === 0) return result;
  if (isChecked) return { ...result, ...(traceId && { traceId, url: `${backend.url}/trace/${traceId}` }) };

  const look = traceId
    ? () => queryTrace(backend.url, traceId)
    : async () => (await findTraces(backend.url, traced[0]!, startMs))[0];
  const ours = services.started.length === services.services.length;
  const slowness = Math.max(1, ...services.started.map(({ readyAfterMs }) => readyAfterMs / USUAL_START_MS));
  const trace = await awaitTrace(look, {
    firstMs: ours ? FIRST_SPAN_OF_OURS_MS * slowness : FIRST_SPAN_MS,
    otherSideMs: ours ? OTHER_SIDE_OF_OURS_MS * slowness : OTHER_SIDE_MS,
    // A call that failed may not have come to every service; without an id there is only the first one's own trace.
    services: traceId && answer.status < 400 ? traced : [],
    consumed: services.services.some(({ consumes }) => consumes !== undefined),
  });

  const page = traceId ? `trace/${traceId}` : `search?service=${traced[0]}`;
  return { ...result, ...(traceId && { traceId }), url: `${backend.url}/${page}`, ...(trace && { trace }) };
}

/** Sends the caller's own spans, if it sets up tracing: it has no reason to wait for a full batch. */
async function flushCaller(): Promise<void> {
  const registered = opentelemetry.getTracerProvider() as ProxyTracerProvider;
  const provider = registered.getDelegate() as { forceFlush?: () => Promise<void> };
  await provider.forceFlush?.().catch(() => {}); // nobody receives: the missing trace will say so
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
