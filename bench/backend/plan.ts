/** What the load of the backend's benchmark consists of. */

export const CLIENTS = 4;
export const IN_FLIGHT = 8;
export const SPANS_PER_BATCH = 500;
export const SPANS_PER_TRACE = 5;
export const TRACES_PER_BATCH = SPANS_PER_BATCH / SPANS_PER_TRACE;

/** A trace's id, made in the same way by the client that sends it and by the query. `run` is 8 digits of hex. */
export function traceId(run: string, client: number, batch: number, trace: number): string {
  return run + [client, batch, trace].map((part) => part.toString(16).padStart(8, '0')).join('');
}

/** What is sent. Where comments and names say spans, they mean these. */
export type Items = 'spans' | 'log records';

/** What a client is told on its command line. */
export interface ClientTask {
  /** host:port of OTLP over gRPC. */
  target: string;
  run: string;
  client: number;
  batches: number;
  items: Items;
}

/** What a client tells: that it can begin, and of each batch how many of its spans were accepted, and why not all. */
export type ClientReport =
  | { kind: 'ready'; bytesPerSpan: number }
  | { kind: 'response'; batch: number; accepted: number; reason: string };
