/** A unit of backend that publishes a receiver at each request: provider-process.ts FOLDER leader|follower URL. */
import { FileStore, TracingEndpointProvider, Unit } from '#shared/tracing-endpoints/index.ts';

const [folder, role, url] = process.argv.slice(2) as [string, string, string];
const unit = new Unit(new FileStore(folder), {
  application: 'backend',
  isLeader: role === 'leader',
  metadata: { provides: { tracing: { interface: 'tracing' } } },
});
const provider = new TracingEndpointProvider(unit);
provider.on('request', () => provider.publishReceivers([['otlp_grpc', url]]));
unit.start();
