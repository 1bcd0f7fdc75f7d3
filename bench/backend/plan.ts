/** What the load of the backend's benchmark consists of. */

export const CLIENTS = 4;
export const IN_FLIGHT = 8;
export const SPANS_PER_BATCH = 500;
export const SPANS_PER_TRACE = 5;
export const TRACES_PER_BATCH = SPANS_PER_BATCH / SPANS_PER_TRACE;

/** A trace's id, from which both the one who sends it and the one who asks for it make it. `run` is 8 digits of hex. */
export function traceId(run: string, client: number, batch: number, trace: number): string {
  return run + [client, batch, trace].map((part) => part.toString(16).padStart(8, '0')).join('');
}

/** What a client is told by the environment, and what it says of a batch that was answered. */
export interface ClientTask {
  /** host:port of OTLP over gRPC. */
  target: string;
  run: string;
  client: number;
  batches: number;
}

export type ClientReport =
  | { kind: 'ready'; bytesPerSpan: number }
  | { kind: 'answered'; batch: number; accepted: boolean; reason: string };
