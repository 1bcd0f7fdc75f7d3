import type { TestContext } from 'node:test';
import { type Backend, type BackendOptions, startBackend } from '#workshop/backend/start';
import type { JaegerEnvelope, JaegerTrace } from '#workshop/trace/jaeger-json';

/** A backend on free ports, closed when the test is over. */
export async function freshBackend(
  t: TestContext,
  limits: BackendOptions['limits'] = {},
  logLimits: BackendOptions['logLimits'] = {},
): Promise<Backend> {
  const backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0, limits, logLimits });
  t.after(() => backend.close());
  return backend;
}

/** What the query API answers, with its status. */
export async function get<Data>(backend: { queryUrl: string }, path: string) {
  const response = await fetch(backend.queryUrl + path);
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as JaegerEnvelope<Data>,
  };
}

/** A trace, undefined if the backend does not have it. */
export async function getTrace(backend: { queryUrl: string }, id: string): Promise<JaegerTrace | undefined> {
  return (await get<JaegerTrace[]>(backend, `/api/traces/${id}`)).body.data?.[0];
}
