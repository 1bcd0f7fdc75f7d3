import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { howToGet } from '#workshop/parts/look';
import { binariesOf, isStartable } from '#workshop/parts/programs';
import { rabbitmq } from '#workshop/parts/rabbitmq';
import { startPart } from '#workshop/parts/start';

/** A RabbitMQ of its own for a purpose, started as the workshop does. */
export interface Broker {
  port: number;
  /** What services need to find it. */
  env: Record<string, string>;
  url: string;
  /** Starts it again with the data that it had. */
  start(): Promise<void>;
  /** Ends it without a chance to write anything, as a power failure would. */
  crash(): Promise<void>;
  /** Makes it fall silent in the middle of whatever it does, until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

const binaries = isStartable(rabbitmq) ? binariesOf(rabbitmq) : undefined;

/** Why no broker can be started here, and how to get one; false if one can. */
export const brokerMissing = binaries ? false : `RabbitMQ is ${howToGet(rabbitmq)}`;

/** Starts a broker on a free port. The caller closes it. */
export async function launchBroker(): Promise<Broker> {
  const folder = await mkdtemp(join(tmpdir(), 'workshop-broker-'));
  let running = await startPart(rabbitmq, { binaries: binaries!, folder });
  const { address } = running;
  const { port } = rabbitmq.place(address);

  return {
    port,
    env: address,
    url: `amqp://127.0.0.1:${port}`,
    async start() {
      running = await startPart(rabbitmq, { binaries: binaries!, folder, port });
    },
    crash: () => running.stop(), // RabbitMQ gets a SIGKILL
    pause: () => void process.kill(running.pid, 'SIGSTOP'),
    resume: () => void process.kill(running.pid, 'SIGCONT'),
    async close() {
      await running.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
