import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import amqplib, { type ChannelModel, type ConfirmChannel } from 'amqplib';
import type { Logger } from 'pino';
import { DEAD_LETTERS, EXCHANGE, QUEUE, ROUTING_KEY } from './names.ts';

const MAX_DELAY_MS = 2_000;
const CLOSE_TIMEOUT_MS = 500;

/**
 * Connects to RabbitMQ, and reconnects whenever the connection is lost, after increasing delays. Each connection has one
 * channel, which is passed to `use` after all queues have been declared. Both services declare the queues, so that no
 * message is lost, no matter which service starts first.
 */
export async function connectBroker(use: (channel: ConfirmChannel) => Promise<void>, log: Logger) {
  const {
    RABBITMQ_USER: username = 'guest',
    RABBITMQ_PASS: password = 'guest',
    RABBITMQ_HOST: hostname = 'localhost',
    RABBITMQ_PORT: port = '5672',
  } = process.env;

  let channel: ConfirmChannel | undefined;
  let leaving = false;

  async function setup(connection: ChannelModel) {
    connection.on('error', () => {}); // 'disconnect' or 'connect-failed' follows, with the same error
    channel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    // RabbitMQ closes the channel if an operation is not allowed. If so, start over with a new connection.
    channel.on('close', () => leaving || void connection.close().catch(() => {}));

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

  const hangUp = new AbortController();
  setMaxListeners(0, hangUp.signal); // each attempt to connect adds one

  // Node.js destroys the socket when the signal is aborted; amqplib passes on this option, but its types don't have it.
  const socket = { noDelay: true, signal: hangUp.signal };
  const recovery = { maxDelay: MAX_DELAY_MS, waitForConnect: false, setup };
  const broker = await amqplib.connect(
    { hostname, port: Number(port), username, password, heartbeat: 10 },
    { ...socket, recovery },
  );
  // Resolves when the first connection is established.
  const connected = new Promise<void>((resolve) => broker.once('connect', () => resolve()));
  broker.on('error', () => {});
  broker.on('connect', () => log.info(`Connected to RabbitMQ at ${hostname}:${port}`));
  broker.on('disconnect', ({ message }) => log.warn(`Lost the connection to RabbitMQ: ${message}`));
  broker.on('reconnect-scheduled', ({ delay, error }) =>
    log.warn(`${faultOf(error, `${hostname}:${port}`)}: next attempt in ${delay} ms`),
  );

  /** Closes the connection, even if RabbitMQ no longer responds. */
  async function close() {
    leaving = true;
    const silent = sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false });
    // Close the channel first: if only the connection is closed, RabbitMQ may lose the last acks.
    await Promise.race([channel?.close().catch(() => {}), silent]);
    await Promise.race([broker.close(), silent]);
    hangUp.abort();
  }

  return { connected, close };
}

/** Why there is no connection: the reason that RabbitMQ gives if it refuses, otherwise the system error. */
function faultOf({ code, message }: NodeJS.ErrnoException, address: string) {
  const refusal = /with message "(.*)"/.exec(message)?.[1];
  if (refusal) return `RabbitMQ at ${address} reports: ${refusal}`;
  return `No connection to RabbitMQ at ${address} (${code ?? message})`;
}
