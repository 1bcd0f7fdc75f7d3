import Fastify from 'fastify';
import {
  FileStore,
  publishRequested,
  relate,
  TracingEndpointProvider,
  Unit,
} from '#shared/tracing-endpoints/index.ts';
import { otlpGrpcUrl, relationsFolder } from '#workshop/settings';

const NAME = 'trace-endpoint';

/** Builds trace-endpoint without listening. It publishes where the trace backend receives spans, to those who ask. */
export function buildApp() {
  const app = Fastify({ logger: true });

  // Health checks are too frequent to log.
  app.get('/health', { logLevel: 'warn' }, async () => ({ service: NAME }));

  const store = new FileStore(relationsFolder);
  for (const requirer of (process.env.REQUIRERS ?? '').split(',')) relate(store, NAME, requirer);

  const unit = new Unit(store, {
    application: NAME,
    isLeader: true,
    metadata: { provides: { tracing: { interface: 'tracing' } } },
    log: app.log,
  });
  const provider = new TracingEndpointProvider(unit);
  const { hostname: host, port, protocol } = otlpGrpcUrl();
  publishRequested(provider, {
    address: { host, tls: protocol === 'https:' },
    ports: { otlp_grpc: Number(port) },
  });
  unit.on('changed', (relation) => {
    if (!provider.isRequirerReady(relation)) return;
    const protocols = provider.requestedReceivers(relation).join(', ');
    app.log.info(`${relation.remoteApplication} requests ${protocols}`);
  });

  app.addHook('onReady', async () => unit.start());
  app.addHook('onClose', async () => unit.close());
  return app;
}
