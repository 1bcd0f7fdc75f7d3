import type { Channel, ConsumeMessage } from 'amqplib';
import type { Logger } from 'pino';
import { connectBroker, QUEUE } from './broker.ts';

const AT_ONCE = 10; // messages that RabbitMQ hands over before the first of them is acknowledged

/** Does the work of a message and settles it: acknowledges it, or refuses it. */
export type Handle = (channel: Channel, message: ConsumeMessage) => Promise<void>;

/** Hands over every message of the queue until it is closed. One that was not settled by then comes again. */
export async function connectConsumer(handle: Handle, log: Logger) {
  const underWay = new Set<Promise<void>>();
  let cancel: (() => Promise<unknown>) | undefined;
  let closeChannel: (() => Promise<unknown>) | undefined;

  async function use(channel: Channel) {
    const take = (message: ConsumeMessage | null) => {
      if (!message) return void channel.close(); // somebody deleted the queue: begin anew
      const work = handle(channel, message)
        .catch((error) => log.warn(error, 'not settled, so it will come again'))
        .finally(() => underWay.delete(work));
      underWay.add(work);
    };
    await channel.prefetch(AT_ONCE);
    // Of two stocks at one queue the one that was started last gets the messages: it is the one you look at.
    const priority = Math.trunc(Date.now() / 1_000);
    const { consumerTag } = await channel.consume(QUEUE, take, { priority });
    cancel = () => channel.cancel(consumerTag).catch(() => {});
    closeChannel = () => channel.close().catch(() => {});
  }
  const broker = await connectBroker(use, log);

  return {
    ready: () => broker.waitForConnect(),
    /** Takes no more messages, finishes those that are under way, and leaves. */
    async close() {
      await cancel?.();
      await Promise.all(underWay);
      await closeChannel?.(); // sends the last acks; the connection's close could overtake them
      await broker.close();
    },
  };
}
