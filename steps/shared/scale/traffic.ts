/** Traces of which it is known in advance how many fail and how many are slow. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as grpc from '@grpc/grpc-js';
import { traceSignal } from '#workshop/backend/otlp/messages';
import type { TraceKind } from '#workshop/check/judges/chain';

const EXPORT = `/${traceSignal.grpcService}/Export`;
const TRACES_PER_REQUEST = 10;
const SLOW_MS = 900;
const USUAL_MS = 40;

export const SPANS_PER_TRACE = 4;

export interface SentTrace {
  id: string;
  kind: TraceKind;
}

export interface TrafficOptions {
  traces: number;
  perSecond: number;
  /** Which traces fail or are slow; by default, every 50th fails, and every 50th is slow. */
  kindOf?: (index: number) => TraceKind;
}

/** The traffic that is being sent. */
export interface Traffic {
  /** Every trace, including those that are still to be sent. */
  traces: SentTrace[];
  /** Resolves with the size of all requests in bytes when everything has been sent; rejects if a request is refused. */
  sent: Promise<number>;
}

/**
 * Sends traces of four spans over OTLP/gRPC to agents (host:port). Each trace has two services, and each service sends its
 * spans to the agent on its own machine: a trace is whole again only if both agents send it to the same place.
 */
export function sendTraffic(agents: [string, string], options: TrafficOptions): Traffic {
  const kindOf = options.kindOf ?? ((index) => (['error', 'slow'] as const)[index % 50] ?? 'usual');
  const traces = Array.from({ length: options.traces }, (_, index) => ({
    id: randomBytes(16).toString('hex'),
    kind: kindOf(index),
  }));
  return { traces, sent: sendAll(agents, traces, options.perSecond) };
}

async function sendAll(agents: string[], traces: SentTrace[], perSecond: number): Promise<number> {
  const clients = agents.map((agent) => new grpc.Client(agent, grpc.credentials.createInsecure()));
  const since = performance.now();
  let bytes = 0;
  try {
    for (let first = 0; first < traces.length; first += TRACES_PER_REQUEST) {
      const few = traces.slice(first, first + TRACES_PER_REQUEST);
      const requests = resourceSpansOf(few).map((one) => encoded({ resourceSpans: [one] }));
      await Promise.all(clients.map((client, index) => send(client, requests[index]!)));
      for (const { length } of requests) bytes += length;
      const due = since + ((first + few.length) * 1_000) / perSecond;
      await sleep(Math.max(0, due - performance.now()));
    }
  } finally {
    for (const client of clients) client.close();
  }
  return bytes;
}

function encoded(request: object): Buffer {
  return Buffer.from(traceSignal.request.encode(traceSignal.request.fromObject(request)).finish());
}

function send(client: grpc.Client, request: Buffer): Promise<void> {
  const plain = (bytes: Buffer) => bytes;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(EXPORT, plain, plain, request, { deadline: Date.now() + 60_000 }, (error) =>
      error ? reject(error) : resolve(),
    );
  });
}

/**
 * The spans that bands-api and reviews-api create for one call, without those of Fastify. Only bands-api is slow or fails: the
 * spans of reviews-api alone don't show that the trace must be kept.
 */
function resourceSpansOf(traces: SentTrace[]): object[] {
  const spans = traces.map((trace) => spansOf(trace));
  const scope = { name: 'traffic', version: '1.0.0' };
  const from = (service: string, list: object[]) => ({
    resource: { attributes: [text('service.name', service), text('telemetry.sdk.language', 'nodejs')] },
    scopeSpans: [{ scope, spans: list }],
  });
  return [
    from(
      'bands-api',
      spans.flatMap((all) => all.slice(0, 3)),
    ),
    from(
      'reviews-api',
      spans.flatMap((all) => all.slice(3)),
    ),
  ];
}

let lastStartUs = 0;

function spansOf({ id, kind }: SentTrace): object[] {
  const traceId = Buffer.from(id, 'hex');
  const ids = Array.from({ length: SPANS_PER_TRACE }, () => randomBytes(8));
  // No two start in the same microsecond: with Cassandra, Jaeger's search would find only one of them.
  lastStartUs = Math.max(Date.now() * 1_000, lastStartUs + 1);
  const isError = (depth: number) => kind === 'error' && depth === 0;
  const durationMs = (depth: number) => (kind === 'slow' && depth === 0 ? SLOW_MS : USUAL_MS);
  const names = ['GET /bands/:id', 'get reviews', 'GET', 'GET /reviews'];
  const kinds = [2, 1, 3, 2]; // SERVER, INTERNAL, CLIENT, SERVER
  return names.map((name, depth) => ({
    traceId,
    spanId: ids[depth],
    ...(depth > 0 && { parentSpanId: ids[depth - 1] }),
    name,
    kind: kinds[depth],
    startTimeUnixNano: String(BigInt(lastStartUs + depth * 1_000) * 1_000n),
    endTimeUnixNano: String(BigInt(lastStartUs + (durationMs(depth) - depth) * 1_000) * 1_000n),
    attributes: [
      text('http.request.method', 'GET'),
      text('url.path', depth === 3 ? '/reviews' : '/bands/553be815-76f3-49db-b9d7-caca4b23cc3e'),
      text('server.address', 'localhost'),
      { key: 'server.port', value: { intValue: depth === 3 ? '8080' : '8000' } },
      { key: 'http.response.status_code', value: { intValue: isError(depth) ? '500' : '200' } },
    ],
    status: isError(depth) ? { code: 2, message: 'the band could not be read' } : {},
  }));
}

function text(key: string, stringValue: string): object {
  return { key, value: { stringValue } };
}
