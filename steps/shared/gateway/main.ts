import { buildApp } from './app.ts';

// ":8081" is short for all addresses in Go; here it is for this machine alone, because nobody else should call.
const address = process.env.HTTP_ADDRESS ?? ':8081';
const [, host, port] = /^(.*):(\d+)$/.exec(address) ?? [];
if (port === undefined)
  throw new Error(`HTTP_ADDRESS is "${address}": set it to host:port, as in localhost:8081.`);

const app = buildApp();
await app.listen({ host: host || 'localhost', port: Number(port) });

/** Answers the requests that are under way, then lets the process end; after 2 s it ends in any case. */
async function stop() {
  setTimeout(() => process.exit(1), 2_000).unref();
  if (process.connected) process.disconnect();
  await app.close();
}

// Ctrl-C, a polite kill, and the end of the process that started this one.
for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(event, stop);

// Whoever started this service and waits for it may go on now.
process.send?.('ready');
