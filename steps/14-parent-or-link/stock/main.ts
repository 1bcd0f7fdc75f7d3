import { connectConsumer } from '#shared/messages/consumer.ts';
import { handle, log, writeStock } from './app.ts';

const consumer = await connectConsumer(handle, log);

/** Finishes the orders that are under way, then lets the process end; after 2 s it ends in any case. */
async function stop() {
  setTimeout(() => process.exit(1), 2_000).unref();
  if (process.connected) process.disconnect();
  await consumer.close();
  await writeStock();
}

// Ctrl-C, a polite kill, and the end of the process that started this one.
for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(event, stop);

await consumer.ready();

// Whoever started this service and waits for it may go on now.
process.send?.('ready');
