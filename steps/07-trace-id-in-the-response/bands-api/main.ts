import { buildApp } from './app.ts';

const app = buildApp();
await app.listen({ host: process.env.HOST ?? 'localhost', port: Number(process.env.PORT ?? 8000) });

/** Answers the requests that are under way, then lets the process end; after 2 s it ends in any case. */
async function stop() {
  // Node.js emits beforeExit when nothing is left to do. If something hangs, we do after 1 s: time for last things.
  setTimeout(() => process.emit('beforeExit', 1), 1_000).unref();
  setTimeout(() => process.exit(1), 2_000).unref();
  if (process.connected) process.disconnect();
  await app.close();
}

// Ctrl-C, a polite kill, and the end of the process that started this one.
for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(event, stop);

// Whoever started this service and waits for it may go on now.
process.send?.('ready');
