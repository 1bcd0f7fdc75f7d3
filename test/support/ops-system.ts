/** What the ops service asks: an embedded backend, and a real Prometheus with two instances that respond and one that is gone. */
import { promisify } from 'node:util';
import { ServerCredentials } from '@grpc/grpc-js';
import { log } from '#shared/ops/app.ts';
import { OpsClient } from '#shared/ops/client/ops-client.ts';
import { startBackend } from '#workshop/backend/start';
import { buildApp } from '../../steps/20-ask-the-system/ops/app.ts';
import { eventually } from './eventually.ts';
import { startInstance, startPrometheus } from './measured-service.ts';

/** Starts an ops service on a free port, with a client. */
export async function startOps(tracesUrl: string, prometheusUrl: string) {
  log.level = 'silent';
  const { server, sampling } = buildApp({ tracesUrl, prometheusUrl, sampledServices: ['caller'] });
  const port = await promisify(server.bindAsync).call(
    server,
    'localhost:0',
    ServerCredentials.createInsecure(),
  );
  const client = new OpsClient(`localhost:${port}`);
  return {
    port,
    client,
    sampling,
    close() {
      client.close();
      server.forceShutdown();
    },
  };
}

/** Starts an ops service and all that it asks. The instances run versions 1.2.3 and 1.2.4; the third is gone, which fires InstanceGone. */
export async function startOpsSystem() {
  const backend = await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 });
  const instances = await Promise.all([startInstance(), startInstance(), startInstance()]);
  const [first, second, gone] = instances;
  first.setBuild('1.2.3');
  second.setBuild('1.2.4');
  const prometheus = await startPrometheus(instances);
  await gone.close();
  const ops = await startOps(backend.queryUrl, prometheus.url);
  await eventually(async () => {
    const versions = await ops.client.deployedVersion('followers-api').catch(() => undefined);
    const { alerts } = await ops.client.alerts();
    return versions?.instances.length === 2 && alerts.length === 1;
  }, 'Prometheus has scraped the instances');
  return {
    backend,
    instances,
    prometheus,
    ...ops,
    async close() {
      ops.close();
      await Promise.all([first.close(), second.close(), prometheus.close(), backend.close()]);
    },
  };
}
