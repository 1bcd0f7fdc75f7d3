import { promisify } from 'node:util';
import { ServerCredentials } from '@grpc/grpc-js';
import { log } from '#shared/ops/app.ts';
import { buildApp } from './app.ts';

const address = (process.env.GRPC_ADDRESS ?? 'localhost:7070').replace(/^:/, 'localhost:');

const { server, strategies } = buildApp({
  tracesUrl: process.env.JAEGER_URL ?? 'http://localhost:16686',
  prometheusUrl: process.env.PROMETHEUS_URL ?? 'http://localhost:9090',
  sampledServices: (process.env.SAMPLED_SERVICES ?? 'followers-api,caller').split(','),
});
await strategies.listen({ host: 'localhost', port: Number(process.env.SAMPLING_PORT ?? 5778) });
await promisify(server.bindAsync).call(server, address, ServerCredentials.createInsecure());
log.info(`Server listening at ${address}`);

// Tell the parent process that we are ready, then run until Ctrl-C, SIGTERM, or the end of the parent process.
process.send?.('ready');
await new Promise((stop) => ['SIGINT', 'SIGTERM', 'disconnect'].forEach((event) => process.on(event, stop)));
if (process.connected) process.disconnect();

// Finish the calls in flight. After a second, cancel those that are left.
setTimeout(() => server.forceShutdown(), 1_000).unref();
setTimeout(() => strategies.server.closeAllConnections(), 1_000).unref();
// Node.js exits on its own when nothing is left to do. If something hangs, say so and exit after two seconds.
setTimeout(() => {
  console.error('Exiting, because something is still hanging: spans that were not sent are lost.');
  process.exit(1);
}, 2_000).unref();
await Promise.all([promisify(server.tryShutdown).call(server), strategies.close()]);
