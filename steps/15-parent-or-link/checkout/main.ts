import { promisify } from 'node:util';
import { ServerCredentials } from '@grpc/grpc-js';
import { connectPublisher } from '#shared/messages/publisher.ts';
import { buildServer, log } from './app.ts';

const address = (process.env.GRPC_ADDRESS ?? 'localhost:8080').replace(/^:/, 'localhost:');

const publisher = await connectPublisher(log);
const server = buildServer(publisher);

/** Listens, and tells the parent process that we are ready. */
async function listen() {
  await promisify(server.bindAsync).call(server, address, ServerCredentials.createInsecure());
  log.info(`Server listening at ${address}`);
  process.send?.('ready');
}

// Listen once RabbitMQ is connected, then run until Ctrl-C, SIGTERM, or the end of the parent process.
void publisher.connected.then(listen);
await new Promise((stop) => ['SIGINT', 'SIGTERM', 'disconnect'].forEach((event) => process.on(event, stop)));
if (process.connected) process.disconnect();

// Finish the calls in flight. After a second, cancel those that are left.
setTimeout(() => server.forceShutdown(), 1_000).unref();
// Node.js exits on its own when nothing is left to do. If something hangs, say so and exit after two seconds.
setTimeout(() => {
  console.error('Exiting, because something is still hanging: spans that were not sent are lost.');
  process.exit(1);
}, 2_000).unref();
await promisify(server.tryShutdown).call(server);
await publisher.close();
