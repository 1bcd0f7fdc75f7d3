import { connect as connectSocket } from 'node:net';
import type { ChannelModel, Replies } from 'amqplib';
import { messageOf } from '../errors.ts';
import { portFrom } from '../settings.ts';

const TIMEOUT_MS = 2_000;

/** Where RabbitMQ is, from the same variables that services read: RABBITMQ_HOST and RABBITMQ_PORT. */
export function rabbitmqAddress(): { host: string; port: number } {
  return { host: process.env.RABBITMQ_HOST || 'localhost', port: portFrom('RABBITMQ_PORT', 5672) };
}

/**
 * Finds out what listens where RabbitMQ should be. Whoever begins with anything but a protocol header that it knows is
 * answered by one of its own: "AMQP" and a version (AMQP 0-9-1, section 4.2.2).
 */
export function probeRabbitmq(): Promise<'nothing' | 'rabbitmq' | 'stranger'> {
  return new Promise((resolve) => {
    const socket = connectSocket({ ...rabbitmqAddress(), timeout: TIMEOUT_MS });
    let connected = false;
    const answer = (what: 'nothing' | 'rabbitmq' | 'stranger') => {
      socket.destroy();
      resolve(what);
    };
    socket.once('connect', () => {
      connected = true;
      socket.write('AMQP\0\0\0\0');
    });
    socket.once('data', (bytes) =>
      answer(bytes.toString('latin1').startsWith('AMQP') ? 'rabbitmq' : 'stranger'),
    );
    for (const event of ['error', 'timeout', 'close']) {
      socket.once(event, () => answer(connected ? 'stranger' : 'nothing'));
    }
  });
}

/** Whom the services say they are, from the same variables: RABBITMQ_USER and RABBITMQ_PASS. */
export function rabbitmqUser(): { username: string; password: string } {
  const { RABBITMQ_USER: username = 'guest', RABBITMQ_PASS: password = 'guest' } = process.env;
  return { username, password };
}

/** Connects to RabbitMQ as the services do. Whoever gets the connection closes it. */
export async function connectRabbitmq(): Promise<ChannelModel> {
  const { default: amqplib } = await import('amqplib'); // only the services of some steps need it
  const { host: hostname, port } = rabbitmqAddress();
  const connection = await amqplib.connect({ hostname, port, ...rabbitmqUser() });
  connection.on('error', () => {}); // what was asked of it fails as well
  return connection;
}

/** Why RabbitMQ does not let the services in, in its own words; undefined if it does. */
export async function rabbitmqRefusal(): Promise<string | undefined> {
  try {
    await (await connectRabbitmq()).close();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** Whether somebody takes messages from a queue; not, if there is no such queue or no RabbitMQ to be asked. */
export async function hasConsumer(queue: string): Promise<boolean> {
  return ((await stateOf(queue))?.consumerCount ?? 0) > 0;
}

/** How many messages wait in a queue to be taken; 0 if there is no such queue or no RabbitMQ to be asked. */
export async function waitingIn(queue: string): Promise<number> {
  return (await stateOf(queue))?.messageCount ?? 0;
}

async function stateOf(queue: string): Promise<Replies.AssertQueue | undefined> {
  if ((await probeRabbitmq()) !== 'rabbitmq') return undefined;
  try {
    const connection = await connectRabbitmq();
    try {
      const channel = await connection.createChannel();
      channel.on('error', () => {}); // it is closed if there is no such queue
      return await channel.checkQueue(queue);
    } finally {
      await connection.close();
    }
  } catch {
    return undefined; // whoever starts the services will be told by them
  }
}
