import { UserError } from '../errors.ts';
import { askGrpc } from '../net/ask-grpc.ts';
import { portOwner } from '../net/port-owner.ts';
import { accepts } from '../net/accepts.ts';
import { type TraceSource, tracesAt, tracesIn } from './query.ts';
import { jaegerUrl, otlpGrpcUrl, otlpGrpcVariable, otlpHttpUrl } from '../settings.ts';

/** The trace backend in use. `close` ends it if it was started for this, and does nothing otherwise. */
export interface UsedBackend {
  /** What answers: a real Jaeger, or the workshop's own backend. */
  kind: 'jaeger' | 'embedded';
  started: boolean;
  /** Where its pages and its query API are, without a slash at the end. */
  url: string;
  /** Its traces: out of its store if it runs in this process, otherwise over its query API. */
  traces: TraceSource;
  close(): Promise<void>;
}

/** A port of a trace backend is held by another program. The sentence says by which, and what to do. */
export class PortHeldError extends UserError {}

const PROBE_TIMEOUT_MS = 2_000;

/**
 * Uses the trace backend that answers, and starts the embedded one if none does.
 * @throws UserError as `findBackend` and `startEmbedded` do
 */
export async function useBackend(): Promise<UsedBackend> {
  return (await findBackend()) ?? startEmbedded();
}

/**
 * Looks whether `useBackend` can work, which is quickly said, before anything else is started.
 * @throws UserError as that does
 */
export async function requireUsableBackend(): Promise<void> {
  if (await findBackend()) return;
  const held = (await embeddedPorts()).find(({ fault }) => fault !== undefined);
  if (held) throw new PortHeldError(held.fault);
}

/**
 * Looks for a trace backend at JAEGER_URL and OTEL_EXPORTER_OTLP_ENDPOINT; undefined where nothing listens.
 * @throws PortHeldError when something else holds one of the ports, UserError when one half of a backend answers
 */
export async function findBackend(): Promise<UsedBackend | undefined> {
  const [query, otlp] = await Promise.all([probeQuery(jaegerUrl()), probeOtlp(otlpGrpcUrl())]);
  const url = jaegerUrl().origin;

  if (query === 'stranger') throw await taken(jaegerUrl(), "Jaeger's pages", 'JAEGER_URL');
  if (otlp === 'stranger') throw await taken(otlpGrpcUrl(), 'OTLP over gRPC', otlpGrpcVariable());
  if (query !== 'nothing' && otlp === 'otlp')
    return { kind: query, started: false, url, traces: tracesAt(url), close: async () => {} };
  if (query !== 'nothing') throw halfThere(otlpGrpcUrl(), 'receives spans (OTLP over gRPC)', jaegerUrl());
  if (otlp !== 'nothing') throw halfThere(jaegerUrl(), "answers Jaeger's queries", otlpGrpcUrl());
  return undefined;
}

/** A backend in words: which it is, where, and whether it was there already. */
export function whereTracesAre({ kind, url, started }: UsedBackend): string {
  const name = kind === 'jaeger' ? 'Jaeger' : 'the embedded backend';
  return `${name} at ${url} (${started ? 'started' : 'running already'})`;
}

/** Where the embedded backend listens, and the variable that moves each place. */
const embeddedPlaces = () => [
  { url: jaegerUrl(), what: "Jaeger's pages", variable: 'JAEGER_URL' },
  { url: otlpGrpcUrl(), what: 'OTLP over gRPC', variable: otlpGrpcVariable() },
  { url: otlpHttpUrl(), what: 'OTLP over HTTP', variable: 'OTLP_URL' },
];

/** A port at which the embedded backend would listen. */
export interface EmbeddedPort {
  port: number;
  /** What it is for, in words. */
  what: string;
  /** Who holds it and what to do, a sentence; missing where it is free. */
  fault?: string;
}

/**
 * The ports at which the embedded backend would listen, each free or held by somebody.
 * @throws UserError when one of them is not on this machine
 */
export async function embeddedPorts(): Promise<EmbeddedPort[]> {
  const places = embeddedPlaces();
  requireLocal(places);
  return Promise.all(
    places.map(async ({ url, what, variable }) => {
      const port = portOf(url);
      if (!(await accepts(port, url.hostname))) return { port, what };
      return { port, what, fault: (await taken(url, what, variable)).message };
    }),
  );
}

/**
 * Starts the embedded backend at the ports of JAEGER_URL, OTEL_EXPORTER_OTLP_ENDPOINT and OTLP_URL.
 * @throws UserError when one of them is held already, or is not on this machine
 */
export async function startEmbedded(): Promise<UsedBackend> {
  const places = embeddedPlaces();
  requireLocal(places);

  const { startBackend, PortInUseError } = await import('./start.ts');
  try {
    const backend = await startBackend({
      queryPort: portOf(jaegerUrl()),
      otlpGrpcPort: portOf(otlpGrpcUrl()),
      otlpHttpPort: portOf(otlpHttpUrl()),
    });
    return {
      kind: 'embedded',
      started: true,
      url: jaegerUrl().origin,
      traces: tracesIn(backend.store),
      close: () => backend.close(),
    };
  } catch (error) {
    const place = error instanceof PortInUseError && places.find(({ url }) => portOf(url) === error.port);
    const running = place && (await findBackend().catch(() => undefined));
    if (running) {
      throw new UserError(
        `${running.kind === 'jaeger' ? 'Jaeger' : 'The embedded backend'} runs already at ${running.url}: use that one, or end it first.`,
      );
    }
    throw place ? await taken(place.url, place.what, place.variable) : error;
  }
}

/** What answers at Jaeger's query port. */
async function probeQuery(url: URL): Promise<'nothing' | 'stranger' | UsedBackend['kind']> {
  if (!(await accepts(portOf(url), url.hostname))) return 'nothing';
  try {
    const answer = await fetch(new URL('/api/services', url), {
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    const body = (await answer.json()) as { data?: unknown };
    if (!answer.ok || !('data' in body)) return 'stranger';
    return answer.headers.has('x-trace-backend') ? 'embedded' : 'jaeger';
  } catch {
    return 'stranger';
  }
}

/** Sends an empty ExportTraceServiceRequest, as the OTLP specification ("OTLP/gRPC") describes it. */
async function probeOtlp(url: URL): Promise<'nothing' | 'stranger' | 'otlp'> {
  if (!(await accepts(portOf(url), url.hostname))) return 'nothing';
  const status = await askGrpc(url.origin, '/opentelemetry.proto.collector.trace.v1.TraceService/Export');
  return status === '0' ? 'otlp' : 'stranger';
}

/** The one sentence for a port of a backend that something else holds. */
async function taken(url: URL, what: string, variable: string): Promise<PortHeldError> {
  const owner = (await portOwner(portOf(url))) ?? 'another program';
  const other = new URL(url);
  other.port = String(portOf(url) + 10_000);
  return new PortHeldError(
    `Port ${portOf(url)} is meant for ${what} but held by ${owner}: end that, or move the port with ${variable}=${other.origin}.`,
  );
}

function halfThere(missing: URL, what: string, present: URL): UserError {
  return new UserError(
    `A trace backend answers at ${present.origin}, but nothing at ${missing.origin} ${what}: start it with both ports, or end it.`,
  );
}

function portOf(url: URL): number {
  return Number(url.port || (url.protocol === 'https:' ? 443 : 80));
}

function requireLocal(places: { url: URL; variable: string }[]): void {
  for (const { url, variable } of places) {
    if (!['localhost', '127.0.0.1', '[::1]'].includes(url.hostname))
      throw new UserError(`Nothing answers at ${url.origin}: start a Jaeger there, or unset ${variable}.`);
  }
}
