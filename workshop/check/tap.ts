import type { Environment } from '../parts/part.ts';
import { connectRabbitmq, nameIn } from '../parts/rabbitmq-client.ts';
import type { Service } from '../services/definition.ts';

/** A message that a service published. Its headers can have values of any AMQP type. */
export interface Message {
  headers: Record<string, unknown>;
  content: string;
}

/**
 * Receives a copy of every message that the services publish from now on, without taking any from a consumer. The
 * services must be running, because they declare the exchanges. If an exchange doesn't exist, no message arrives. The
 * messages are in order of arrival.
 */
export async function openTap(services: Service[], parts: Environment) {
  const targets = services.flatMap(({ publishes }) => (publishes ? [publishes.split(':')] : []));
  const messages: Message[] = [];
  if (targets.length === 0) return { messages, close: async () => {} };

  const connection = await connectRabbitmq(parts);
  const channel = await connection.createChannel();
  channel.on('error', () => {}); // the broker closes the channel if there is no such exchange
  try {
    const { queue } = await channel.assertQueue('', { exclusive: true });
    for (const [exchange, routingKey] of targets)
      await channel.bindQueue(queue, nameIn(parts, exchange!), routingKey!);
    await channel.consume(
      queue,
      (message) => {
        if (!message) return;
        const { headers = {} } = message.properties;
        messages.push({ headers, content: message.content.toString() });
      },
      { noAck: true },
    );
  } catch {
    // The expectation that needs the message reports that it is missing.
  }
  return { messages, close: () => connection.close().catch(() => {}) }; // RabbitMQ may have stopped meanwhile
}
