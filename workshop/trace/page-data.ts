/** What the pages ask the backend for beside Jaeger's API: the shapes of the answers under /viewer/. */
import type { TraceColumns } from './columns.ts';

/** /viewer/trace/ID; status 204 as long as no span of it is there. */
export interface TraceAnswer {
  trace: TraceColumns;
  /** All services the backend knows, from which their colours follow. */
  services: string[];
}

/** /viewer/search, with the parameters of Jaeger's search; a missing service means all of them. */
export interface SearchAnswer {
  /** Newest first. */
  traces: TraceSummary[];
  services: string[];
  /** Names of the operations of the service asked for. */
  operations: string[];
  /** Traces that are kept. */
  kept: number;
  /** When nothing was found: how many traces were left after each of the filters, in this order. */
  left?: FilterStep[];
}

export interface FilterStep {
  filter: 'time' | 'service' | 'operation' | 'duration' | 'tags';
  traces: number;
}

/** A trace in one line. */
export interface TraceSummary {
  traceId: string;
  /** Of the earliest span without a parent in the trace. */
  rootService: string;
  rootName: string;
  /** µs since 1970. */
  startUs: number;
  /** From the earliest start to the latest end. µs. */
  durationUs: number;
  spans: number;
  errors: number;
  /** By number of spans, the most first. */
  services: { name: string; spans: number; errors: number }[];
}

/** /viewer/dependencies: who calls whom, in all traces that are kept. */
export interface DependenciesAnswer {
  services: { name: string; spans: number }[];
  calls: { parent: string; child: string; calls: number; errors: number }[];
}
