import { connectConsumer } from '#shared/messages/consumer.ts';
import { handle, log, writeStock } from './app.ts';

const consumer = await connectConsumer(handle, log);

// Tell the parent process once RabbitMQ is connected, then run until Ctrl-C, SIGTERM, or the end of the parent process.
void consumer.connected.then(() => process.send?.('ready'));
await new Promise((stop) => ['SIGINT', 'SIGTERM', 'disconnect'].forEach((event) => process.on(event, stop)));
if (process.connected) process.disconnect();

// Finish the orders in progress. RabbitMQ redelivers those that take longer than a second.
// Node.js exits on its own when nothing is left to do. If something hangs, say so and exit after two seconds.
setTimeout(() => {
  console.error('Exiting, because something is still hanging: spans that were not sent are lost.');
  process.exit(1);
}, 2_000).unref();
await consumer.close();
await writeStock();
