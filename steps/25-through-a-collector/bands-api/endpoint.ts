import { once } from 'node:events';
import { FileStore, TracingEndpointRequirer, Unit } from '#shared/tracing-endpoints/index.ts';
import { relationsFolder } from '#workshop/settings';

const WAIT_MS = Number(process.env.ENDPOINT_WAIT_MS ?? 5_000);

/** Finds out where an application can send spans over OTLP/gRPC; undefined if no provider says so in time. */
export async function findEndpoint(application: string): Promise<string | undefined> {
  const unit = new Unit(new FileStore(relationsFolder), {
    application,
    isLeader: true,
    metadata: { requires: { tracing: { interface: 'tracing', limit: 1 } } },
  });
  const requirer = new TracingEndpointRequirer(unit, { protocols: ['otlp_grpc'] });
  const changed = once(requirer, 'endpointChanged', { signal: AbortSignal.timeout(WAIT_MS) });

  unit.start();
  await changed.catch(() => {}); // the wait was too long
  unit.close();
  return requirer.isReady() ? requirer.getEndpoint('otlp_grpc') : undefined;
}
