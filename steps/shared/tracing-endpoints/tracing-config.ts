import { existsSync } from 'node:fs';
import type { TracingEndpointRequirer } from './requirer.ts';

/** Where to send traces over OTLP/HTTP, and the certificate that the connection needs. */
export interface TracingConfig {
  url: string;
  /** The path of the certificate; only with https. */
  certPath?: string;
}

/**
 * Returns how to send traces over OTLP/HTTP. Returns undefined if no endpoint is offered, and also, with an error in the
 * log, if the endpoint is https and there is no certificate at `certPath`. Throws a ProtocolNotRequestedError if a
 * provider is ready, but `otlp_http` is neither offered nor requested.
 */
export function tracingConfig(
  requirer: TracingEndpointRequirer,
  certPath: string | undefined,
): TracingConfig | undefined {
  const url = requirer.isReady() ? requirer.getEndpoint('otlp_http') : undefined;
  if (!url?.startsWith('https://')) return url === undefined ? undefined : { url };
  if (certPath !== undefined && existsSync(certPath)) return { url, certPath };
  const problem =
    certPath === undefined ? 'no certificate is given' : `there is no certificate at ${certPath}`;
  requirer.unit.log.error(`No traces are sent to ${url}: ${problem}.`);
  return undefined;
}
