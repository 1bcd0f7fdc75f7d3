import type { ChannelModel, Replies } from 'amqplib';
import type { Environment } from './part.ts';

/** Connects to RabbitMQ as the services do. The caller closes the connection. Rejects with amqplib's or Node's error. */
export async function connectRabbitmq(address: Environment): Promise<ChannelModel> {
  const { default: amqplib } = await import('amqplib'); // only some steps need it
  const connection = await amqplib.connect({
    hostname: address['RABBITMQ_HOST']!,
    port: Number(address['RABBITMQ_PORT']),
    username: address['RABBITMQ_USER']!,
    password: address['RABBITMQ_PASS']!,
  });
  connection.on('error', () => {}); // what was asked of it fails as well
  return connection;
}

/** Whether a service takes messages from a queue; false if there is no such queue. */
export async function hasConsumer(queue: string, address: Environment): Promise<boolean> {
  return ((await stateOf(queue, address))?.consumerCount ?? 0) > 0;
}

/** The number of messages that wait in a queue; 0 if there is no such queue. */
export async function waitingIn(queue: string, address: Environment): Promise<number> {
  return (await stateOf(queue, address))?.messageCount ?? 0;
}

async function stateOf(queue: string, address: Environment): Promise<Replies.AssertQueue | undefined> {
  try {
    const connection = await connectRabbitmq(address);
    try {
      const channel = await connection.createChannel();
      channel.on('error', () => {}); // RabbitMQ closes it if there is no such queue
      return await channel.checkQueue(queue);
    } finally {
      await connection.close();
    }
  } catch {
    return undefined; // the services themselves will report it
  }
}
