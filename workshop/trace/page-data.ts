/** The responses under /viewer/, which the pages request in addition to Jaeger's API. */
import type { TraceColumns } from './columns.ts';
import type { LogColumns } from './log-columns.ts';

/** /viewer/trace/ID; status 204 until a span of the trace has arrived. */
export interface TraceResponse {
  trace: TraceColumns;
  /** All services that the backend knows; their colors depend on the whole set. */
  services: string[];
  idDigits: IdDigits;
  linked: LinkedSpans;
}

/** The spans at the other ends of the links of a trace. */
export interface LinkedSpans {
  /** Those to which its spans link, if the backend keeps them. */
  targets: LinkedSpan[];
  /** Those that link to its spans: `to` is the id of the span in this trace. */
  backlinks: (LinkedSpan & { to: string })[];
}

export interface LinkedSpan {
  traceId: string;
  spanId: string;
  service: string;
  name: string;
}

/** How many digits tell a trace id from all others, for the ids for which `shortId` is too short. */
export type IdDigits = Record<string, number>;

/** /viewer/ids/ID: the traces that an id leads to, which may be shortened or a span's; the newest first. */
export interface IdsResponse {
  matches: IdMatch[];
  /** How many further matches there are. */
  more: number;
}

export interface IdMatch {
  trace: TraceSummary;
  /** If the id is the span's. */
  spanId?: string;
}

/** /viewer/logs, with the parameters of /api/logs. */
export interface LogsResponse {
  logs: LogColumns;
  /** All services that the backend knows from their spans; their colors depend on the whole set. */
  services: string[];
  /** The services that have sent log records. */
  loggers: string[];
  /** How many records the backend keeps. */
  kept: number;
  idDigits: IdDigits;
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
  idDigits: IdDigits;
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

/** /viewer/indicators: the indicators of the last 15 minutes. */
export type IndicatorsResponse = Measured | { missing: string };

/** `missing` says in a sentence why there is nothing, and what to do. */
export interface Measured {
  /** The times of all points, in s since 1970, in even steps. */
  times: number[];
  services: ServiceIndicators[];
}

export interface ServiceIndicators {
  name: string;
  /** Of all instances together: percentiles come from the sums of the buckets. */
  total: Indicators;
  instances: InstanceIndicators[];
  /** Requests that have a trace in this backend, the slowest first. */
  exemplars: Exemplar[];
}

export interface InstanceIndicators extends Indicators {
  name: string;
  /** `gone` if Prometheus can't reach it; `silent` if it responds, but no longer counts requests. */
  state: 'up' | 'gone' | 'silent';
  /** The share of time in which its event loop was busy, from 0 to 1; null if unknown. */
  eventLoop: number | null;
}

/** A value for each of the times; null where there is none. */
export type Points = (number | null)[];

export interface Indicators {
  /** Requests per second. */
  rate: Points;
  /** The share of requests with a status of 500 or above, from 0 to 1. */
  errors: Points;
  /** Percentiles of the duration, in s. */
  p50: Points;
  p95: Points;
  p99: Points;
}

/** A request whose trace id a histogram has kept as an example. */
export interface Exemplar {
  traceId: string;
  service: string;
  instance: string;
  /** s since 1970. */
  time: number;
  /** In s. */
  duration: number;
  /** As in `GET`, `/followers/:name` and `200`; empty if unknown. */
  method: string;
  route: string;
  status: string;
}

/** /viewer/alerts: the alerts that are firing, then those that are pending, each with the earliest first. */
export type AlertsResponse = Alert[];

export interface Alert {
  name: string;
  isFiring: boolean;
  /** Since when its condition has been true, in ms since 1970. */
  sinceMs: number;
  summary: string;
  /** Empty if the alert isn't about a particular one. */
  service: string;
  instance: string;
  /** Of a request that explains the alert; empty if there is none. */
  traceId: string;
}

/** /data of `npm run board`: the class at a glance. Everything is computed by the board, with its clock. */
export interface BoardResponse {
  /** Where attendees join: the URL, and its QR code as the path of an SVG, whose modules have a size of 1. */
  join: { url: string; size: number; path: string };
  /** The most important sentence for the instructor. */
  headline: { text: string; detail: string; isAlarm: boolean };
  /** Whether the class is on schedule; missing without a schedule. */
  pace?: { text: string; detail: string; isBehind: boolean };
  /** The steps of the chapter that the room is working on. */
  steps: BoardStep[];
  /** Who is stuck at which expectation: the largest group first, and in each group the longest first. */
  stuck: { step: number; expectation: string; people: { number: number; minutes: number }[] }[];
  /** By name; those who have gone away last. */
  people: BoardPerson[];
}

export interface BoardStep {
  number: number;
  title: string;
  /** How many people have passed it, how many are working on it, and how many of these are stuck. */
  passed: number;
  here: number;
  stuck: number;
}

export interface BoardPerson {
  number: number;
  name: string;
  /** The step that the person is working on; 0 before the first check. */
  at: number;
  /** `failing` becomes `stuck` after a few minutes; `finished` after the last step. */
  state: 'joined' | 'working' | 'failing' | 'stuck' | 'finished' | 'away';
  /** How long the person has been in this state, or has been away. */
  minutes: number;
}
