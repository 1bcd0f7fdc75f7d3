import { UserError } from '../errors.ts';
import { parsed } from '../net/parsed.ts';
import { fromColumns } from '../trace/columns.ts';
import { fromJaeger } from '../trace/from-jaeger.ts';
import type { LogRecord } from '../trace/log-record.ts';
import type { Span, Trace } from '../trace/model.ts';
import type { TraceResponse } from '../trace/page-data.ts';
import { treeOf } from '../trace/tree.ts';
import { extentOf } from '../trace/waterfall.ts';
import { findTraces } from './jaeger/search.ts';
import { anyLogs, findLogs } from './store/find-logs.ts';
import { linkedSpans } from './store/linked-spans.ts';
import type { LogStore } from './store/log-store.ts';
import type { TraceStore } from './store/store.ts';

/** Where traces are read from. */
export interface TraceSource {
  /** A trace; undefined until a span of it has arrived. */
  trace(traceId: string): Promise<Trace | undefined>;
  /** A trace with all that the backend knows about it, to show it. */
  whole(traceId: string): Promise<WholeTrace | undefined>;
  /** The traces with a span that began after `sinceMs` (ms since 1970), newest first: of a service, or of any. */
  since(sinceMs: number, service?: string): Promise<Trace[]>;
  /**
   * The id of the trace before a trace: the newest one that began earlier, on the same day, and has a span with the service
   * and the name of its first span.
   */
  before(trace: Trace): Promise<string | undefined>;
  /** The log records of a trace, or the newest of all, in chronological order. Jaeger stores none. */
  logs(traceId?: string): Promise<LogRecord[]>;
}

export interface WholeTrace extends Pick<TraceResponse, 'linked' | 'services'> {
  trace: Trace;
}

/** The maximum number of log records to read. */
const MAX_LOGS = 10_000;
const DAY_US = 86_400_000_000;
/** Links to more traces than this aren't followed. */
const MAX_LINKED = 10;

/** The traces in the stores of a backend in this process. */
export function tracesIn(store: TraceStore, logs: LogStore): TraceSource {
  return {
    trace: async (traceId) => store.trace(traceId),
    async whole(traceId) {
      const stored = store.get(traceId);
      if (!stored) return undefined;
      const trace = store.trace(traceId)!;
      return { trace, linked: linkedSpans(store, stored), services: store.operations.services() };
    },
    async since(sinceMs, service = '') {
      const startUs = sinceMs * 1_000;
      const found = findTraces(store, { service, tags: {}, startUs, endUs: Infinity, limit: Infinity });
      return found.map(({ id }) => store.trace(id)!);
    },
    async before(trace) {
      const { service, name: operation } = firstSpan(trace);
      const found = findTraces(store, { service, operation, tags: {}, ...timeBefore(trace), limit: 2 });
      return found.map(({ id }) => id).find((id) => id !== trace.traceId);
    },
    logs: (traceId) => findLogs(logs, { ...anyLogs, ...(traceId && { traceId }), limit: MAX_LOGS }),
  };
}

/** The traces behind Jaeger's query API; `url` has no slash at the end. Only the embedded backend has log records. */
export function tracesAt(url: string, kind: 'jaeger' | 'embedded'): TraceSource {
  return {
    trace: (traceId) => queryTrace(url, traceId),
    whole: (traceId) => (kind === 'embedded' ? queryPageData(url, traceId) : queryLinked(url, traceId)),
    since: (sinceMs, service) => queryTraces(url, sinceMs, service),
    async before(trace) {
      const { service, name: operation } = firstSpan(trace);
      const { startUs, endUs } = timeBefore(trace);
      const words = { service, operation, start: String(startUs), end: String(endUs), limit: '2' };
      const found = await query(`${url}/api/traces?${new URLSearchParams(words)}`);
      return found.map(({ traceId }) => traceId).find((id) => id !== trace.traceId);
    },
    logs: async (traceId = '') => (kind === 'embedded' ? queryLogs(url, traceId) : []),
  };
}

function firstSpan({ spans }: Trace): Span {
  return treeOf(spans)[0]!.span;
}

/** The day before a trace begins. */
function timeBefore({ spans }: Trace): { startUs: number; endUs: number } {
  const { startUs } = extentOf(spans);
  return { startUs: startUs - DAY_US, endUs: startUs - 1 };
}

/** Asks a backend for a trace over Jaeger's query API; undefined until a span of it has arrived. */
export async function queryTrace(backendUrl: string, traceId: string): Promise<Trace | undefined> {
  const [trace] = await query(`${backendUrl}/api/traces/${traceId}`);
  return trace;
}

/** Jaeger's JSON leaves out the attributes of links and what the SDK dropped, but the pages get them. */
async function queryPageData(backendUrl: string, traceId: string): Promise<WholeTrace | undefined> {
  const response = await request(`${backendUrl}/viewer/trace/${traceId}`);
  if (response.status !== 200) return undefined;
  const { trace, linked, services } = (await response.json()) as TraceResponse;
  return { trace: fromColumns(trace), linked, services };
}

/** Looks for the targets of links in their traces. Jaeger doesn't know which spans link to a span. */
async function queryLinked(backendUrl: string, traceId: string): Promise<WholeTrace | undefined> {
  const trace = await queryTrace(backendUrl, traceId);
  if (!trace) return undefined;
  const links = trace.spans.flatMap((span) => span.links);
  const ids = [...new Set(links.map((link) => link.traceId))].slice(0, MAX_LINKED);
  const traces = await Promise.all(ids.map((id) => queryTrace(backendUrl, id)));
  const spans = traces.flatMap((linked) => linked?.spans ?? []);
  const isTarget = (span: Span) =>
    links.some((link) => link.traceId === span.traceId && link.spanId === span.spanId);
  const services = await get<string>(`${backendUrl}/api/services`);
  return { trace, linked: { targets: spans.filter(isTarget), backlinks: [] }, services };
}

/** Asks for the traces that `TraceSource.since` returns: of each service, at most `limit` (by default, 100). */
export async function queryTraces(
  backendUrl: string,
  sinceMs: number,
  service?: string,
  limit = 100,
): Promise<Trace[]> {
  if (service === undefined) {
    const services = (await get<string>(`${backendUrl}/api/services`)).toSorted();
    const found = await Promise.all(services.map((each) => queryTraces(backendUrl, sinceMs, each, limit)));
    const byId = new Map(found.flat().map((trace) => [trace.traceId, trace]));
    return [...byId.values()].toSorted((a, b) => extentOf(b.spans).startUs - extentOf(a.spans).startUs);
  }
  const end = (Date.now() + 1_000) * 1_000;
  return query(
    `${backendUrl}/api/traces?service=${encodeURIComponent(service)}&start=${sinceMs * 1_000}&end=${end}&limit=${limit}`,
  );
}

function queryLogs(backendUrl: string, traceId: string): Promise<LogRecord[]> {
  return get<LogRecord>(`${backendUrl}/api/logs?traceID=${traceId}&limit=${MAX_LOGS}`);
}

async function query(url: string): Promise<Trace[]> {
  return (await get<unknown>(url)).map(fromJaeger);
}

/** The `data` in a response of Jaeger's query API, which is a list; empty if it is missing. */
async function get<Item>(url: string): Promise<Item[]> {
  const { origin } = new URL(url);
  const response = await request(url);
  if (response.status === 404) return [];
  const text = await response.text();
  if (!response.ok)
    throw new UserError(`The trace backend responded with ${response.status} to ${url}: ${text}`);
  const body = parsed(text) as { data?: Item[] | null };
  if (typeof body !== 'object' || body === null)
    throw new UserError(`${origin} responded with something other than JSON: is a trace backend there?`);
  return body.data ?? [];
}

async function request(url: string): Promise<Response> {
  return fetch(url).catch(() => {
    const { origin } = new URL(url);
    throw new UserError(`The trace backend at ${origin} has stopped: start it again with npm run backend.`);
  });
}
