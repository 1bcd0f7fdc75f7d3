import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { portOwner } from '../net/port-owner.ts';
import { accepts } from '../net/accepts.ts';
import { portOf } from '../net/ports.ts';
import { probeOtlp } from '../net/probe-otlp.ts';
import { type TraceSource, tracesAt, tracesIn } from './query.ts';
import { jaegerUrl, otlpGrpcUrl, otlpGrpcVariable, otlpHttpUrl, stateFolder } from '../settings.ts';

/** The trace backend in use. `close` stops it if `useBackend` or `startEmbedded` started it; otherwise it does nothing. */
export interface UsedBackend {
  /** A real Jaeger, or the workshop's own backend. */
  kind: 'jaeger' | 'embedded';
  started: boolean;
  /** The address of its pages and its query API, without a slash at the end. */
  url: string;
  /** Its traces: from its store if it runs in this process, otherwise from its query API. */
  traces: TraceSource;
  close(): Promise<void>;
}

/** Another program uses a port of the trace backend. The message says which program, and what to do. */
export class BackendPortError extends UserError {}

const PROBE_TIMEOUT_MS = 10_000; // on a busy machine, a backend may take seconds to respond

/**
 * Uses the trace backend that is running, or starts the embedded one.
 * @throws UserError as `findBackend` and `startEmbedded` do
 */
export async function useBackend(): Promise<UsedBackend> {
  return (await findBackend()) ?? startEmbedded();
}

/**
 * Checks whether `useBackend` would succeed, before anything else is started.
 * @throws UserError under the same conditions
 */
export async function requireUsableBackend(): Promise<void> {
  if (await findBackend()) return;
  const used = (await embeddedPorts()).find(({ conflict }) => conflict !== undefined);
  if (used) throw new BackendPortError(used.conflict);
}

/**
 * Looks for a trace backend at JAEGER_URL and OTEL_EXPORTER_OTLP_ENDPOINT; undefined if nothing is listening there.
 * @throws BackendPortError if another program uses one of the ports, UserError if the backend is incomplete, or the
 * endpoint for gRPC is the one for HTTP
 */
export async function findBackend(): Promise<UsedBackend | undefined> {
  requireGrpcEndpoint();
  const [query, otlp] = await Promise.all([
    probeQuery(jaegerUrl()),
    probeOtlp(otlpGrpcUrl().origin, { timeoutMs: PROBE_TIMEOUT_MS }),
  ]);
  const url = jaegerUrl().origin;

  if (query === 'other') throw await portInUse(jaegerUrl(), "Jaeger's pages", 'JAEGER_URL');
  if (otlp === 'other') throw await portInUse(otlpGrpcUrl(), 'OTLP over gRPC', otlpGrpcVariable());
  if (query !== 'nothing' && otlp === 'otlp')
    return { kind: query, started: false, url, traces: tracesAt(url, query), close: async () => {} };
  if (query !== 'nothing') throw incomplete(otlpGrpcUrl(), 'receives spans (OTLP over gRPC)', jaegerUrl());
  if (otlp !== 'nothing') throw incomplete(jaegerUrl(), "serves Jaeger's query API", otlpGrpcUrl());
  return undefined;
}

/** A backend in words: which one it is, where, and whether it was already running. */
export function whereTracesAre({ kind, url, started }: UsedBackend): string {
  const name = kind === 'jaeger' ? 'Jaeger' : 'the embedded backend';
  return `${name} at ${url} (${started ? 'started' : 'already running'})`;
}

/** Where the embedded backend listens, and the variables that change that. */
const embeddedPlaces = () => [
  { url: jaegerUrl(), what: "Jaeger's pages", variable: 'JAEGER_URL' },
  { url: otlpGrpcUrl(), what: 'OTLP over gRPC', variable: otlpGrpcVariable() },
  { url: otlpHttpUrl(), what: 'OTLP over HTTP', variable: 'OTLP_URL' },
];

/**
 * The ports of the embedded backend, each with its purpose in words. If another program uses it, `conflict` is a sentence
 * that says which one and what to do.
 * @throws UserError if one of them is on another machine
 */
export async function embeddedPorts(): Promise<{ port: number; what: string; conflict?: string }[]> {
  requireGrpcEndpoint();
  const places = embeddedPlaces();
  requireLocal(places);
  return Promise.all(
    places.map(async ({ url, what, variable }) => {
      const port = portOf(url);
      if (!(await accepts(port, url.hostname))) return { port, what };
      return { port, what, conflict: (await portInUse(url, what, variable)).message };
    }),
  );
}

/**
 * Starts the embedded backend at the ports of JAEGER_URL, OTEL_EXPORTER_OTLP_ENDPOINT and OTLP_URL, with the newest traces
 * of earlier runs at the same port, which it keeps in the state folder; `forget` deletes them.
 * @throws UserError if another program uses one of them, or one is on another machine
 */
export async function startEmbedded({ forget = false } = {}): Promise<UsedBackend> {
  requireGrpcEndpoint();
  const places = embeddedPlaces();
  requireLocal(places);

  const { startBackend, PortInUseError } = await import('./start.ts');
  try {
    const backend = await startBackend({
      queryPort: portOf(jaegerUrl()),
      otlpGrpcPort: portOf(otlpGrpcUrl()),
      otlpHttpPort: portOf(otlpHttpUrl()),
      kept: { folder: keptFolder(), forget, say: console.error },
    });
    return {
      kind: 'embedded',
      started: true,
      url: jaegerUrl().origin,
      traces: tracesIn(backend.store, backend.logs),
      close: () => backend.close(),
    };
  } catch (error) {
    const place = error instanceof PortInUseError && places.find(({ url }) => portOf(url) === error.port);
    const running = place && (await findBackend().catch(() => undefined));
    if (running) {
      throw new UserError(
        `${running.kind === 'jaeger' ? 'Jaeger' : 'The embedded backend'} is already running at ${running.url}: use that one, or stop it first.`,
      );
    }
    throw place ? await portInUse(place.url, place.what, place.variable) : error;
  }
}

/** Each port has its own folder, so that two backends that run at the same time don't overwrite each other's files. */
function keptFolder(): string {
  return join(stateFolder, `backend-${portOf(jaegerUrl())}`);
}

/** Finds out what is listening at Jaeger's query port. */
async function probeQuery(url: URL): Promise<'nothing' | 'other' | UsedBackend['kind']> {
  if (!(await accepts(portOf(url), url.hostname))) return 'nothing';
  try {
    const response = await fetch(new URL('/api/services', url), {
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    const body = (await response.json()) as { data?: unknown };
    if (!response.ok || !('data' in body)) return 'other';
    return response.headers.has('x-trace-backend') ? 'embedded' : 'jaeger';
  } catch {
    return 'other';
  }
}

/** The error for a port of the backend that another program uses. */
async function portInUse(url: URL, what: string, variable: string): Promise<BackendPortError> {
  const owner = (await portOwner(portOf(url))) ?? 'another program';
  const other = new URL(url);
  other.port = String(portOf(url) + 10_000);
  return new BackendPortError(
    `Port ${portOf(url)} is meant for ${what} but used by ${owner}: stop it, or set ${variable}=${other.origin}.`,
  );
}

function incomplete(missing: URL, what: string, present: URL): UserError {
  return new UserError(
    `The trace backend at ${present.origin} is incomplete, because nothing at ${missing.origin} ${what}: start it with both ports, or stop it.`,
  );
}

/** The two ports of OTLP are easily mixed up, and many SDKs send over HTTP by default. */
function requireGrpcEndpoint(): void {
  if (portOf(otlpGrpcUrl()) !== portOf(otlpHttpUrl())) return;
  const variable = otlpGrpcVariable();
  const endpoint = process.env[variable];
  throw new UserError(
    endpoint
      ? `${variable} is ${endpoint}, which is for OTLP over HTTP, but the workshop sends spans over gRPC: unset ${variable}, or set it to http://localhost:4317.`
      : `OTLP_URL is ${otlpHttpUrl().origin}, which is for OTLP over gRPC: unset OTLP_URL, or set it to http://localhost:4318.`,
  );
}

function requireLocal(places: { url: URL; variable: string }[]): void {
  for (const { url, variable } of places) {
    if (!['localhost', '127.0.0.1', '[::1]'].includes(url.hostname))
      throw new UserError(
        `Nothing is listening at ${url.origin}: start a Jaeger there, or unset ${variable}.`,
      );
  }
}
