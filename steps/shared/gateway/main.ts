import { buildApp } from './app.ts';

// An address such as ":8081", a form that is common in Go, has no host. In that case, only this machine can connect.
const address = process.env.HTTP_ADDRESS ?? ':8081';
const [, host, port] = /^(.*):(\d+)$/.exec(address) ?? [];
if (port === undefined)
  throw new Error(`HTTP_ADDRESS is "${address}". Set it to host:port, as in localhost:8081.`);

const app = buildApp();
await app.listen({ host: host || 'localhost', port: Number(port) });

// Tell the parent process that we are ready, then run until Ctrl-C, SIGTERM, or the end of the parent process.
process.send?.('ready');
await new Promise((stop) => ['SIGINT', 'SIGTERM', 'disconnect'].forEach((event) => process.on(event, stop)));
if (process.connected) process.disconnect();

// Finish the requests in flight. Close each connection as it becomes idle; after a second, close all of them.
setInterval(() => app.server.closeIdleConnections(), 100).unref();
setTimeout(() => app.server.closeAllConnections(), 1_000).unref();
// Node.js exits on its own when nothing is left to do. If something hangs, say so and exit after two seconds.
setTimeout(() => {
  console.error('Exiting, because something is still hanging: spans that were not sent are lost.');
  process.exit(1);
}, 2_000).unref();
await app.close();
