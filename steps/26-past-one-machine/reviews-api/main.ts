import { buildApp } from './app.ts';

const app = buildApp();
await app.listen({ host: process.env.HOST ?? 'localhost', port: Number(process.env.PORT ?? 8080) });

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
