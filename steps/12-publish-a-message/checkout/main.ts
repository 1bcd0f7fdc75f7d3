import { promisify } from 'node:util';
import { ServerCredentials } from '@grpc/grpc-js';
import { connectPublisher } from '#shared/messages/publisher.ts';
import { buildServer, log } from './app.ts';

const address = (process.env.GRPC_ADDRESS ?? 'localhost:8080').replace(/^:/, 'localhost:');

const publisher = await connectPublisher(log);
const server = buildServer(publisher);

/** Answers the calls that are under way, then lets the process end; after 2 s it ends in any case. */
async function stop() {
  setTimeout(() => process.exit(1), 2_000).unref();
  if (process.connected) process.disconnect();
  await promisify(server.tryShutdown).call(server);
  await publisher.close();
}

// Ctrl-C, a polite kill, and the end of the process that started this one.
for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(event, stop);

await publisher.ready();
await promisify(server.bindAsync).call(server, address, ServerCredentials.createInsecure());
log.info(`Server listening at ${address}`);

// Whoever started this service and waits for it may go on now.
process.send?.('ready');
