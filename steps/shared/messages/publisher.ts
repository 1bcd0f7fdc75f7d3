import { randomUUID } from 'node:crypto';
import type { ConfirmChannel } from 'amqplib';
import type { Logger } from 'pino';
import { connectBroker, EXCHANGE, ROUTING_KEY } from './broker.ts';

/** What was sold: the numbers of the items, one for each piece. */
export interface Order {
  items: number[];
}

/** Publishes orders so that none is lost silently: who is told that one was published can rely on it. */
export async function connectPublisher(log: Logger) {
  let channel: ConfirmChannel | undefined;
  const returned = new Set<string>();

  async function use(fresh: ConfirmChannel) {
    channel = fresh;
    returned.clear();
    fresh.on('return', ({ properties }) => returned.add(properties.messageId));
    fresh.on('close', () => (channel = channel === fresh ? undefined : channel));
  }
  const broker = await connectBroker(use, log);

  /** Resolves when RabbitMQ has the order safe on its disk; if it rejects, nobody knows whether it has. */
  function publish(order: Order, headers = {}) {
    return new Promise<void>((resolve, reject) => {
      if (!channel) throw new Error('RabbitMQ is away');

      const messageId = randomUUID();
      const content = Buffer.from(JSON.stringify(order));
      const options = {
        contentType: 'application/json',
        headers,
        mandatory: true,
        messageId,
        persistent: true,
      };
      channel.publish(EXCHANGE, ROUTING_KEY, content, options, (error) => {
        // A message that no queue takes comes back, and is confirmed after that.
        if (returned.delete(messageId)) reject(new Error(`no queue takes ${ROUTING_KEY}`));
        else if (error) reject(error);
        else resolve();
      });
    });
  }

  return { publish, ready: () => broker.waitForConnect(), close: () => broker.close() };
}

export type Publisher = Awaited<ReturnType<typeof connectPublisher>>;
