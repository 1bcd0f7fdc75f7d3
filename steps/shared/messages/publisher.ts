import { randomUUID } from 'node:crypto';
import type { ConfirmChannel } from 'amqplib';
import type { Logger } from 'pino';
import { connectBroker } from './broker.ts';
import { EXCHANGE, ROUTING_KEY } from './names.ts';

/** The numbers of the items that were sold. If an item was sold twice, its number occurs twice. */
export interface Order {
  items: number[];
}

/** Publishes orders, and reports an error if an order may be lost. */
export async function connectPublisher(log: Logger) {
  let channel: ConfirmChannel | undefined;
  const returned = new Set<string>();

  async function use(opened: ConfirmChannel) {
    channel = opened;
    returned.clear();
    opened.on('return', ({ properties }) => returned.add(properties.messageId));
    opened.on('close', () => (channel = channel === opened ? undefined : channel));
  }
  const { connected, close } = await connectBroker(use, log);

  /** Resolves when RabbitMQ has confirmed that it has the order. If the promise rejects, RabbitMQ may or may not have it. */
  function publish(order: Order, headers = {}) {
    return new Promise<void>((resolve, reject) => {
      if (!channel) throw new Error('not connected to RabbitMQ');

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
        // RabbitMQ returns a message that no queue accepts, and confirms it after that.
        if (returned.delete(messageId)) reject(new Error(`no queue accepts ${ROUTING_KEY}`));
        else if (error) reject(error);
        else resolve();
      });
    });
  }

  return { publish, connected, close };
}

export type Publisher = Awaited<ReturnType<typeof connectPublisher>>;
