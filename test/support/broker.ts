import { after } from 'node:test';
import { connectRabbitmq } from '#workshop/parts/rabbitmq-client';
import { type Broker, brokerMissing, launchBroker } from './rabbitmq-server.ts';

export { type Broker, brokerMissing } from './rabbitmq-server.ts';

// For a test's `skip` it is a reason; where everything should be there, it is a failure.
if (brokerMissing && process.env.CI === 'true') throw new Error(brokerMissing);

/** Starts one broker for all tests of a file, and ends it after them. */
export async function startBroker(): Promise<Broker> {
  const broker = await launchBroker();
  after(() => broker.close());
  return broker;
}

/** Removes the messages from a queue, if there is such a queue. */
export async function emptyQueue(queue: string, { env }: Broker): Promise<void> {
  const connection = await connectRabbitmq(env);
  const channel = await connection.createChannel();
  channel.on('error', () => {}); // RabbitMQ closes it if there is no such queue
  await channel.purgeQueue(queue).catch(() => {});
  await connection.close();
}
