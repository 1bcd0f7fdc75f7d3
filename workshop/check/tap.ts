import type { Service } from '../services/definition.ts';
import type { Environment } from '../parts/part.ts';
import { connectRabbitmq } from '../parts/rabbitmq-client.ts';

/** A message that a service published. What is in its headers can be anything that AMQP has a form for. */
export interface Message {
  headers: Record<string, unknown>;
  content: string;
}

/** Listens in on what services publish. */
export interface Tap {
  /** What was published since, in the order of its arrival. */
  messages: Message[];
  close(): Promise<void>;
}

/**
 * Gets a copy of every message that the services publish from now on, whoever else takes them. The services must run:
 * it is them who declare where messages go. Where that is missing there is nothing to listen to.
 */
export async function openTap(services: Service[], parts: Environment): Promise<Tap> {
  const places = services.flatMap(({ publishes }) => (publishes ? [publishes.split(':')] : []));
  const messages: Message[] = [];
  if (places.length === 0) return { messages, close: async () => {} };

  const connection = await connectRabbitmq(parts);
  const channel = await connection.createChannel();
  channel.on('error', () => {}); // it is closed if there is no such exchange
  try {
    const { queue } = await channel.assertQueue('', { exclusive: true });
    for (const [exchange, routingKey] of places) await channel.bindQueue(queue, exchange!, routingKey!);
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
    // told by the expectation that misses a message
  }
  return { messages, close: () => connection.close() };
}
