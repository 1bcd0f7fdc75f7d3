/** What the environment can change, and the workshop's defaults for it. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from './errors.ts';

/** The folder of the whole project. */
export const projectFolder = dirname(dirname(fileURLToPath(import.meta.url)));

// A trace is looked at the moment the call is over, so spans may not wait the usual 5 s for a full batch.
// It stands in the environment because the services, which inherit it, and the SDK read it there.
process.env.OTEL_BSP_SCHEDULE_DELAY ??= '100';

// @grpc/grpc-js, which sends the spans, would ask a proxy even for localhost. It takes this name before no_proxy.
process.env.no_grpc_proxy = [process.env.no_grpc_proxy || process.env.no_proxy, 'localhost,127.0.0.1,::1']
  .filter(Boolean)
  .join(',');

const delay = Number(process.env.OTEL_BSP_SCHEDULE_DELAY);
const SDK_DELAY_MS = 5_000; // what the SDK takes where the variable holds no number

/** How long the SDK's batch processor holds spans back, in ms. */
export const batchDelayMs = Number.isFinite(delay) && delay >= 0 ? delay : SDK_DELAY_MS;

/** Where Jaeger's pages and its query API are; JAEGER_URL. */
export const jaegerUrl = () => urlFrom('JAEGER_URL', 'http://localhost:16686');

/**
 * Where spans go over OTLP/gRPC, read as the SDK reads it (OpenTelemetry specification, "OTLP Exporter Configuration"):
 * OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, which is for traces alone, or OTEL_EXPORTER_OTLP_ENDPOINT.
 */
export const otlpGrpcUrl = () => urlFrom(otlpGrpcVariable(), 'http://localhost:4317');

/** The variable that says where spans go over OTLP/gRPC, and moves that. */
export const otlpGrpcVariable = () =>
  process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
    ? 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'
    : 'OTEL_EXPORTER_OTLP_ENDPOINT';

/** Where spans go over OTLP/HTTP; OTLP_URL. */
export const otlpHttpUrl = () => urlFrom('OTLP_URL', 'http://localhost:4318');

/** Where logs, progress and saved work are kept; WORKSHOP_STATE. */
export const stateFolder = process.env.WORKSHOP_STATE ?? join(projectFolder, '.workshop');

/**
 * Set by `npm run check` for the run.ts that it starts: the services of its folder are up at the ports that the
 * environment says, whatever the folder, and nobody but the check looks at the trace; WORKSHOP_CHECK.
 */
export const isChecked = process.env.WORKSHOP_CHECK !== undefined;

/**
 * Reads a port from the environment.
 * @throws UserError when the variable holds no port
 */
export function portFrom(variable: string, fallback: number): number {
  const text = process.env[variable];
  if (text === undefined || text === '') return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new UserError(
    `${variable} is "${text}", which is no port: set it to a whole number from 1 to 65535.`,
  );
}

function urlFrom(variable: string, fallback: string): URL {
  const text = process.env[variable] || fallback;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new UserError(`${variable} is "${text}", which is no URL: set it to something like ${fallback}.`);
}
