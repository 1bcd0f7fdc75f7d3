import amqplib, { type ChannelModel, type ConfirmChannel } from 'amqplib';
import type { Logger } from 'pino';

/** What checkout and stock agree on. Both declare it, so that no message is lost, whoever runs first. */
export const EXCHANGE = 'exchange';
export const ROUTING_KEY = 'checkout.processed';
export const QUEUE = 'stock-queue';
export const DEAD_LETTERS = 'stock-queue.dead-letters';

const MAX_DELAY_MS = 2_000;

/**
 * Connects to RabbitMQ, and again, with ever longer pauses, whenever it is away. Each new connection has one channel,
 * which `use` is given when everything is declared.
 */
export async function connectBroker(use: (channel: ConfirmChannel) => Promise<void>, log: Logger) {
  const {
    RABBITMQ_USER: username = 'guest',
    RABBITMQ_PASS: password = 'guest',
    RABBITMQ_HOST: hostname = 'localhost',
    RABBITMQ_PORT: port = '5672',
  } = process.env;

  async function setup(connection: ChannelModel) {
    connection.on('error', () => {}); // 'disconnect' or 'connect-failed' follows, and says the same
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    // A channel can end alone, when something on it was not allowed: then begin anew.
    channel.on('close', () => void connection.close().catch(() => {}));

    await channel.assertExchange(EXCHANGE, 'direct', { durable: true });
    await channel.assertQueue(DEAD_LETTERS, { durable: true });
    await channel.assertQueue(QUEUE, {
      deadLetterExchange: '',
      deadLetterRoutingKey: DEAD_LETTERS,
      durable: true,
    });
    await channel.bindQueue(QUEUE, EXCHANGE, ROUTING_KEY);
    await use(channel);
  }

  const broker = await amqplib.connect(
    { hostname, port: Number(port), username, password, heartbeat: 10 },
    { noDelay: true, recovery: { maxDelay: MAX_DELAY_MS, waitForConnect: false, setup } },
  );
  broker.on('error', () => {});
  broker.on('connect', () => log.info(`RabbitMQ answers at ${hostname}:${port}`));
  broker.on('disconnect', ({ message }) => log.warn(`RabbitMQ is gone: ${message}`));
  broker.on('reconnect-scheduled', ({ delay, error }) =>
    log.warn(`${faultOf(error, `${hostname}:${port}`)}: next try in ${delay} ms`),
  );
  return broker;
}

/** Why there is no connection: what RabbitMQ says if it refuses, and else what the system says. */
function faultOf({ code, message }: NodeJS.ErrnoException, address: string) {
  const refusal = /with message "(.*)"/.exec(message)?.[1];
  if (refusal) return `RabbitMQ at ${address} refuses: ${refusal}`;
  return `No RabbitMQ at ${address} (${code ?? message})`;
}
