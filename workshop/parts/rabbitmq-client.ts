import type { Channel, ChannelModel } from 'amqplib';
import type { Environment } from './part.ts';

const TIMEOUT_MS = 10_000; // for the handshake, on a laptop that is busy

/** Connects to RabbitMQ as the services do. The caller closes the connection. Rejects with amqplib's or Node's error. */
export async function connectRabbitmq(address: Environment): Promise<ChannelModel> {
  const { default: amqplib } = await import('amqplib'); // only some steps need it
  const options = {
    hostname: address['RABBITMQ_HOST']!,
    port: Number(address['RABBITMQ_PORT']),
    username: address['RABBITMQ_USER']!,
    password: address['RABBITMQ_PASS']!,
  };
  const connection = await amqplib.connect(options, { timeout: TIMEOUT_MS });
  connection.on('error', () => {}); // the pending operations fail too
  return connection;
}

/** The name that an exchange or a queue has in RabbitMQ: a check adds a prefix, to stay apart from other services. */
export function nameIn(address: Environment, name: string): string {
  return `${address['RABBITMQ_PREFIX'] ?? ''}${name}`;
}

/** Whether a service takes messages from a queue; false if there is no such queue. */
export async function hasConsumer(queue: string, address: Environment): Promise<boolean> {
  const state = await onChannel(address, (channel) => channel.checkQueue(nameIn(address, queue)));
  return (state?.consumerCount ?? 0) > 0;
}

/** The number of messages in a queue; 0 if there is no such queue. */
export async function waitingIn(queue: string, address: Environment): Promise<number> {
  const state = await onChannel(address, (channel) => channel.checkQueue(nameIn(address, queue)));
  return state?.messageCount ?? 0;
}

/** Puts a message into a queue, and waits until RabbitMQ has confirmed it. */
export async function publishTo(
  queue: string,
  { content, headers }: { content: string; headers: Record<string, string> },
  address: Environment,
): Promise<void> {
  const connection = await connectRabbitmq(address);
  try {
    const channel = await connection.createConfirmChannel();
    channel.sendToQueue(nameIn(address, queue), Buffer.from(content), { headers });
    await channel.waitForConfirms();
  } finally {
    await connection.close().catch(() => {}); // RabbitMQ may have stopped meanwhile
  }
}

/** Deletes queues and exchanges, those that exist. */
export async function deleteNames(
  { queues, exchanges }: { queues: string[]; exchanges: string[] },
  address: Environment,
): Promise<void> {
  await onChannel(address, async (channel) => {
    for (const queue of queues) await channel.deleteQueue(nameIn(address, queue));
    for (const exchange of exchanges) await channel.deleteExchange(nameIn(address, exchange));
  });
}

/** Runs an operation on a channel; undefined if RabbitMQ refuses it or can't be reached. */
async function onChannel<Result>(
  address: Environment,
  operate: (channel: Channel) => Promise<Result>,
): Promise<Result | undefined> {
  try {
    const connection = await connectRabbitmq(address);
    try {
      const channel = await connection.createChannel();
      channel.on('error', () => {}); // RabbitMQ closes it if there is no such queue
      return await operate(channel);
    } finally {
      await connection.close();
    }
  } catch {
    return undefined; // the services report it themselves
  }
}
