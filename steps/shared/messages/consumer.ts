import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, ConsumeMessage } from 'amqplib';
import type { Logger } from 'pino';
import { connectBroker } from './broker.ts';
import { QUEUE } from './names.ts';

const PREFETCH = 10; // messages that may be delivered but not yet settled
const FINISH_TIMEOUT_MS = 1_000;

/** Processes a message and settles it, that is, acknowledges or rejects it. */
export type Handle = (channel: Channel, message: ConsumeMessage) => Promise<void>;

/** Passes each message from the queue to `handle`, until the consumer is closed. RabbitMQ redelivers messages that were not settled. */
export async function connectConsumer(handle: Handle, log: Logger) {
  const inProgress = new Set<Promise<void>>();
  let cancel: (() => Promise<unknown>) | undefined;

  async function use(channel: Channel) {
    const take = (message: ConsumeMessage | null) => {
      if (!message) return void channel.close().catch(() => {}); // the queue was deleted: start over with a new connection
      const work = handle(channel, message)
        .catch((error) => log.warn(error, 'message not settled, so RabbitMQ will redeliver it'))
        .finally(() => inProgress.delete(work));
      inProgress.add(work);
    };
    await channel.prefetch(PREFETCH);
    // If stock is running twice, the newer process gets the messages, because it is the one that you are looking at.
    const priority = Math.trunc(Date.now() / 1_000);
    const { consumerTag } = await channel.consume(QUEUE, take, { priority });
    cancel = () => channel.cancel(consumerTag).catch(() => {});
  }
  const broker = await connectBroker(use, log);

  /** Takes no more messages, and waits for those in progress. */
  async function finish() {
    await cancel?.();
    await Promise.all(inProgress);
  }

  return {
    connected: broker.connected,
    /** Finishes the messages in progress. After a second, gives up on the rest, which RabbitMQ will redeliver. */
    async close() {
      await Promise.race([finish(), sleep(FINISH_TIMEOUT_MS, undefined, { ref: false })]);
      await broker.close();
    },
  };
}
