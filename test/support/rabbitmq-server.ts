import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accepts } from '#workshop/net/accepts';
import { freePort } from '#workshop/net/ports';

/** A RabbitMQ that was started for a purpose, on 127.0.0.1, with its own data. */
export interface Broker {
  port: number;
  /** What services need to find it. */
  env: { RABBITMQ_HOST: string; RABBITMQ_PORT: string };
  url: string;
  /** Starts it again with the data that it had. */
  start(): Promise<void>;
  /** Ends it in order, as a restart of the machine would. */
  stop(): Promise<void>;
  /** Ends it without a chance to write anything, as a power failure would. */
  crash(): Promise<void>;
  /** Makes it fall silent in the middle of whatever it does, until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;

// Debian's rabbitmq-server on the PATH wants to be root and uses the system's data; the real one is behind it.
const program = executable(
  '/usr/lib/rabbitmq/bin/rabbitmq-server',
  ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'rabbitmq-server')),
);
const epmd = executable(...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'epmd')));

/** Why no broker can be started here, and how to get one; false if one can. */
export const brokerMissing =
  program && epmd
    ? false
    : 'needs a RabbitMQ of its own: apt-get install rabbitmq-server, or brew install rabbitmq (a container does not do)';

/** Starts a broker. Needs some 4 s and 150 MB. Whoever started it closes it. */
export async function launchBroker(): Promise<Broker> {
  const folder = await mkdtemp(join(tmpdir(), 'workshop-broker-'));
  const [port, distributionPort, namesPort] = [await freePort(), await freePort(), await freePort()];
  const config = join(folder, 'rabbitmq.conf');
  await writeFile(config, `listeners.tcp.local = 127.0.0.1:${port}\nlog.console = true\nlog.file = false\n`);

  const env = {
    PATH: process.env.PATH,
    HOME: folder, // where Erlang keeps the cookie of this node
    ERL_EPMD_PORT: String(namesPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_CONFIG_FILE: config,
    RABBITMQ_DIST_PORT: String(distributionPort),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_NODENAME: `workshop${port}@localhost`,
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    // Makes the script become the broker instead of its parent, so that a signal to the process is one to the broker.
    RUNNING_UNDER_SYSTEMD: 'true',
  };

  // Erlang would start its name server by itself, and leave it behind.
  const names = spawn(epmd!, ['-port', env.ERL_EPMD_PORT, '-address', '127.0.0.1'], { stdio: 'ignore' });
  let broker: ChildProcess | undefined;

  async function start() {
    const child = spawn(program!, [], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    broker = child;
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += text));
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (!(await accepts(port, '127.0.0.1'))) {
      if (child.exitCode !== null || performance.now() > deadline) {
        throw new Error(`RabbitMQ did not start:\n${printed}`);
      }
      await sleep(50);
    }
  }

  async function stop() {
    await end(broker);
    broker = undefined;
  }

  // If the process is ended before its time, nothing may stay behind.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const abandon = () => {
    for (const child of [broker, names]) child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', abandon);

  async function close() {
    await stop();
    await end(names);
    process.off('exit', abandon);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  await start().catch(async (error) => {
    await close();
    throw error;
  });

  return {
    port,
    env: { RABBITMQ_HOST: '127.0.0.1', RABBITMQ_PORT: String(port) },
    url: `amqp://127.0.0.1:${port}`,
    start,
    stop,
    async crash() {
      const crashed = once(broker!, 'exit');
      broker!.kill('SIGKILL');
      await crashed;
    },
    pause: () => void broker!.kill('SIGSTOP'),
    resume: () => void broker!.kill('SIGCONT'),
    close,
  };
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  await ended;
}

function executable(...places: string[]): string | undefined {
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
