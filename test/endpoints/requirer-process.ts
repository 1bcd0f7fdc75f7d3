/** A unit of bands-api that prints where to send traces whenever that changes: requirer-process.ts FOLDER leader|follower [unref]. */
import { FileStore, TracingEndpointRequirer, Unit } from '#shared/tracing-endpoints/index.ts';

const [folder, role, unref] = process.argv.slice(2) as [string, string, string?];
const unit = new Unit(new FileStore(folder), {
  application: 'bands-api',
  isLeader: role === 'leader',
  metadata: { requires: { tracing: { interface: 'tracing' } } },
});
const requirer = new TracingEndpointRequirer(unit, { protocols: ['otlp_grpc'] });
requirer.on('endpointChanged', ({ relation }) => {
  console.log(`${relation.remoteApplication}: ${requirer.getEndpoint('otlp_grpc', relation)}`);
});
requirer.on('endpointRemoved', ({ relation }) => console.log(`${relation.remoteApplication}: removed`));
unit.start();
if (unref) unit.unref();
process.once('SIGTERM', () => unit.close());
