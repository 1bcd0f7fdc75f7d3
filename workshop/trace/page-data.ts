/** The responses under /viewer/, which the pages request in addition to Jaeger's API. */
import type { TraceColumns } from './columns.ts';
import type { LogColumns } from './log-columns.ts';

/** /viewer/trace/ID; status 204 until a span of the trace has arrived. */
export interface TraceResponse {
  trace: TraceColumns;
  /** All services that the backend knows; their colours depend on the whole set. */
  services: string[];
}

/** /viewer/logs, with the parameters of /api/logs. */
export interface LogsResponse {
  logs: LogColumns;
  /** All services that the backend knows from their spans; their colours depend on the whole set. */
  services: string[];
  /** The services that have sent log records. */
  loggers: string[];
  /** How many records the backend keeps. */
  kept: number;
}

/** /viewer/search, with the parameters of Jaeger's search; without a service, it searches all of them. */
export interface SearchResponse {
  /** Newest first. */
  traces: TraceSummary[];
  services: string[];
  /** Operation names of the requested service. */
  operations: string[];
  /** How many traces the backend keeps. */
  kept: number;
  /** If no trace matches: how many traces are left after each filter, in this order. */
  left?: FilterStep[];
}

export interface FilterStep {
  filter: 'time' | 'service' | 'operation' | 'duration' | 'tags';
  traces: number;
}

/** A trace as a search result. */
export interface TraceSummary {
  traceId: string;
  /** The service of the earliest span without a parent in the trace. */
  rootService: string;
  rootName: string;
  /** µs since 1970. */
  startUs: number;
  /** From the earliest start to the latest end, in µs. */
  durationUs: number;
  spans: number;
  errors: number;
  /** Sorted by number of spans, the largest first. */
  services: { name: string; spans: number; errors: number }[];
}

/** /viewer/dependencies: the service graph of all traces that the backend keeps. */
export interface ServiceGraphResponse {
  services: { name: string; spans: number }[];
  calls: { parent: string; child: string; calls: number; errors: number }[];
}
