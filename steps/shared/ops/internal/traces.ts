/** ListTraces and ShowLogs. */
import type { ListTracesReq, ListTracesResp, LogLine, ShowLogsReq, ShowLogsResp } from '../proto/messages.ts';
import { type BackendLog, isError, type ServiceSpan, textOf, type TraceBackend } from './backend.ts';
import {
  invalid,
  type Pair,
  readDepth,
  readName,
  readNs,
  readOptionalName,
  readPairs,
} from './read-request.ts';

/** How many traces to search for tags, because Jaeger's API can't. */
const MOST = 1_000;
const HOUR_US = 3_600 * 1e6;

/** Finds traces, newest first. A trace with an error has the tag "error". */
export async function listTraces(backend: TraceBackend, request: ListTracesReq): Promise<ListTracesResp> {
  const endUs = readNs('end', request.end) ?? Date.now() * 1_000;
  const startUs = readNs('start', request.start) ?? endUs - HOUR_US;
  if (startUs > endUs) throw invalid('start is after end.');
  const wantsErrors = request.tags.includes('error');
  const tags = readPairs(
    'tags',
    request.tags.filter((tag) => tag !== 'error'),
  );
  const limit = readDepth(request.search_depth);

  const search = {
    service: readName('service', request.service),
    operation: readOptionalName('operation', request.operation),
    startUs,
    endUs,
    minDurationUs: readNs('duration_min', request.duration_min),
    maxDurationUs: readNs('duration_max', request.duration_max),
    limit,
  };
  const depth = request.tags.length > 0 ? MOST : limit;
  const spans = await backend.search({ ...search, limit: depth });
  const traces = [...byTrace(spans)]
    .filter(([, own]) => (!wantsErrors || own.some(isError)) && own.some((span) => hasAll(span, tags)))
    .map(([id, own]) => ({ id, start: String(startOf(own)) }))
    .toSorted((a, b) => (BigInt(b.start) > BigInt(a.start) ? 1 : -1));
  const shownTags: Pair[] = wantsErrors ? [...tags, ['error', 'true']] : tags;
  return { traces: traces.slice(0, limit), url: backend.searchPageOf(search, shownTags) };
}

/** Shows the log lines and the events of a trace in chronological order. */
export async function showLogs(backend: TraceBackend, request: ShowLogsReq): Promise<ShowLogsResp> {
  const spans = await backend.spansOf(request.id);
  const logs = await backend.logs(spans[0]!.traceId);
  const lines = [...spans.flatMap(eventsOf), ...logs.map(lineOf)];
  return { lines: lines.toSorted((a, b) => (BigInt(a.time) < BigInt(b.time) ? -1 : 1)) };
}

function eventsOf({ service, spanId, events = [] }: ServiceSpan): LogLine[] {
  return events.map(({ timeUnixNano, name, attributes = [] }) => ({
    time: timeUnixNano,
    service,
    severity: '',
    text: [name, ...attributes.map(({ key, value }) => `${key}=${textOf(value)}`)].join(' '),
    span_id: spanId,
  }));
}

function lineOf({ timeUs, service, severityText, body, eventName, spanId }: BackendLog): LogLine {
  return {
    time: String(BigInt(Math.round(timeUs)) * 1_000n),
    service,
    severity: severityText,
    text: body || eventName,
    span_id: spanId,
  };
}

function byTrace(spans: ServiceSpan[]): Map<string, ServiceSpan[]> {
  const traces = new Map<string, ServiceSpan[]>();
  for (const span of spans) {
    const own = traces.get(span.traceId) ?? [];
    own.push(span);
    traces.set(span.traceId, own);
  }
  return traces;
}

function startOf(spans: ServiceSpan[]): bigint {
  return spans.map((span) => BigInt(span.startTimeUnixNano)).reduce((a, b) => (a < b ? a : b));
}

/** Whether a span has all of these tags. */
function hasAll({ attributes = [] }: ServiceSpan, tags: readonly Pair[]): boolean {
  return tags.every(([key, value]) =>
    attributes.some((attribute) => attribute.key === key && textOf(attribute.value) === value),
  );
}
