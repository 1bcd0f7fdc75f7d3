/** The settings that environment variables can change, with their defaults. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from './errors.ts';
import { listed } from './listed.ts';

/** The folder of the whole project. */
export const projectFolder = dirname(dirname(fileURLToPath(import.meta.url)));

/** The folder of a step, and of the working copy, that has the settings of parts such as Prometheus. */
export const monitoringFolder = 'monitoring';

// People look at a trace as soon as the call is over, so spans can't wait the usual 5 s for a full batch.
// It is set in the environment because the SDK and the services, which inherit it, read it from there.
process.env.OTEL_BSP_SCHEDULE_DELAY ??= '100';

// @grpc/grpc-js, which sends the spans, would use a proxy even for localhost. This variable overrides no_proxy.
process.env.no_grpc_proxy = [process.env.no_grpc_proxy || process.env.no_proxy, 'localhost,127.0.0.1,::1']
  .filter(Boolean)
  .join(',');

const delay = Number(process.env.OTEL_BSP_SCHEDULE_DELAY);
const SDK_DELAY_MS = 5_000; // the SDK's default if the variable isn't a number

/** How long the SDK's batch processor waits before it sends spans, in ms. */
export const batchDelayMs = Number.isFinite(delay) && delay >= 0 ? delay : SDK_DELAY_MS;

/** Variables of the SDK that the workshop expects: where spans go, how long they wait, and what the SDK prints. */
const expectedVariables = new Set([
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_BSP_SCHEDULE_DELAY',
  'OTEL_LOG_LEVEL',
]);

/** Says which variables that are set in this shell can change what is traced; undefined if there are none. */
export function tracingVariablesText(): string | undefined {
  const names = Object.keys(process.env).filter(
    (name) => name.startsWith('OTEL_') && process.env[name] && !expectedVariables.has(name),
  );
  // Other options of Node.js, such as the limit of its memory, change nothing.
  if (/(?:^|\s)(?:-r|--(?:require|import|(?:experimental-)?loader))\b/.test(process.env.NODE_OPTIONS ?? '')) {
    names.push('NODE_OPTIONS');
  }
  if (names.length === 0) return undefined;
  const pairs = names.toSorted().map((name) => `${name}=${process.env[name]}`);
  return `${listed(pairs)} ${names.length > 1 ? 'are' : 'is'} set in this shell, which can change what is traced.`;
}

/** The URL of Jaeger's pages and query API; JAEGER_URL. */
export const jaegerUrl = () => urlFrom('JAEGER_URL', 'http://localhost:16686');

/**
 * The URL for spans over OTLP/gRPC, read as the SDK reads it (OpenTelemetry specification, "OTLP Exporter
 * Configuration"): OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, which is for traces only, or OTEL_EXPORTER_OTLP_ENDPOINT.
 */
export const otlpGrpcUrl = () => urlFrom(otlpGrpcVariable(), 'http://localhost:4317');

/** The name of the environment variable that sets `otlpGrpcUrl`. */
export const otlpGrpcVariable = () =>
  process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
    ? 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'
    : 'OTEL_EXPORTER_OTLP_ENDPOINT';

/** The URL for spans over OTLP/HTTP; OTLP_URL. */
export const otlpHttpUrl = () => urlFrom('OTLP_URL', 'http://localhost:4318');

/** The folder for logs, progress, and saved work; WORKSHOP_STATE. */
export const stateFolder = process.env.WORKSHOP_STATE ?? join(projectFolder, '.workshop');

/** The folder in which services publish where they send and receive spans, each to the ones that it is related to. */
export const relationsFolder = join(stateFolder, 'relations');

/**
 * Whether `npm run check` started this run.ts: the services of its folder are then already running at the ports in the
 * environment, and only the check reads the trace; WORKSHOP_CHECK.
 */
export const isChecked = process.env.WORKSHOP_CHECK !== undefined;

/**
 * Whether this run.ts makes another call for a run.ts that keeps running: the services of its folder are then already
 * running at the ports in the environment; WORKSHOP_REPEATED.
 */
export const isRepeated = process.env.WORKSHOP_REPEATED !== undefined;

/** How wide the output of this run.ts may be if it isn't a terminal, in columns; WORKSHOP_COLUMNS. */
export const outputColumns = Number(process.env.WORKSHOP_COLUMNS) || undefined;

/**
 * Reads a port from an environment variable.
 * @throws UserError if the value isn't a valid port
 */
export function portFrom(variable: string, fallback: number): number {
  const text = process.env[variable];
  if (text === undefined || text === '') return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new UserError(
    `${variable} is "${text}", which is not a valid port: set it to a whole number from 1 to 65535.`,
  );
}

/**
 * Reads an HTTP URL from an environment variable.
 * @throws UserError if the value isn't a valid URL
 */
export function urlFrom(variable: string, fallback: string): URL {
  const text = process.env[variable] || fallback;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new UserError(
    `${variable} is "${text}", which is not a valid URL: set it to something like ${fallback}.`,
  );
}
