import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import { firstReply } from '../net/first-reply.ts';
import { freePort } from '../net/ports.ts';
import { portFrom } from '../settings.ts';
import type { Environment, Launch, Launched, Part, Probe } from './part.ts';
import { connectRabbitmq } from './rabbitmq-client.ts';

// RabbitMQ replies to a protocol header that it doesn't know with one of its own: "AMQP" and a version (AMQP 0-9-1,
// section 4.2.2).
const UNKNOWN_HEADER = Buffer.from('AMQP\0\0\0\0');

/** RabbitMQ. Debian's program on the PATH is a wrapper that uses the system's data; `places` has the actual program. */
export const rabbitmq: Part = {
  name: 'rabbitmq',
  title: 'RabbitMQ',
  variables: ['RABBITMQ_HOST', 'RABBITMQ_PORT'],
  acceptsAnyInstance: true,
  address() {
    const { RABBITMQ_HOST, RABBITMQ_USER = 'guest', RABBITMQ_PASS = 'guest', RABBITMQ_PREFIX } = process.env;
    return {
      RABBITMQ_HOST: RABBITMQ_HOST || 'localhost',
      RABBITMQ_PORT: String(portFrom('RABBITMQ_PORT', 5672)),
      RABBITMQ_USER,
      RABBITMQ_PASS,
      ...(RABBITMQ_PREFIX && { RABBITMQ_PREFIX }),
    };
  },
  place: ({ RABBITMQ_HOST, RABBITMQ_PORT }) => ({ host: RABBITMQ_HOST!, port: Number(RABBITMQ_PORT) }),
  async probe(address) {
    const reply = await firstReply(rabbitmq.place(address), UNKNOWN_HEADER);
    if (!reply) return 'nothing';
    return reply.toString('latin1').startsWith('AMQP') ? logIn(address) : 'other';
  },

  programs: ['rabbitmq-server'],
  places: [
    '/usr/lib/rabbitmq/bin',
    '/opt/homebrew/opt/rabbitmq/sbin',
    '/usr/local/opt/rabbitmq/sbin',
    'C:\\Program Files\\RabbitMQ Server\\*\\sbin',
  ],
  startsOn: ['linux', 'darwin'], // `launch` sets paths and signals that Windows doesn't have
  requires: ['epmd'],
  launch,
  stopSignal: 'SIGKILL', // it would take a second to save what the next start forgets
  forgets: true,

  notFetchable: 'it needs Erlang, which is not an npm package',
  install: {
    linux: 'sudo apt-get install rabbitmq-server',
    darwin: 'brew install rabbitmq',
    win32: 'choco install rabbitmq',
  },
  start: {
    linux: 'sudo systemctl start rabbitmq-server',
    darwin: 'brew services start rabbitmq',
    win32: 'net start RabbitMQ',
  },
  docker: 'docker compose up rabbitmq',

  /** PRECONDITION_FAILED is AMQP's reply code 406: an exchange or queue exists with other settings. */
  refusalIn(line) {
    const [, kind, name] = /PRECONDITION_FAILED - .*? for (queue|exchange) '([^']+)'/.exec(line) ?? [];
    if (!kind) return undefined;
    const command = `rabbitmqctl delete_queue ${name}`;
    const how =
      kind === 'queue'
        ? `with \`${command}\` or \`docker compose exec rabbitmq ${command}\``
        : "on RabbitMQ's pages";
    return (
      `RabbitMQ already has ${aOrAn(kind)} ${name} with other settings. Delete it ${how}. ` +
      'If `npm run services` started RabbitMQ, press Ctrl-C there and start it again.'
    );
  },
};

function aOrAn(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

async function logIn(address: Environment): Promise<Probe> {
  try {
    await (await connectRabbitmq(address)).close();
    return 'ready';
  } catch (error) {
    const refusal = messageOf(error);
    const { host, port } = rabbitmq.place(address);
    const refuses = `it refuses the user ${address['RABBITMQ_USER']} at ${host}:${port}`;
    return {
      refusal: refusal.includes('ACCESS_REFUSED')
        ? `${refuses}. Set RABBITMQ_USER and RABBITMQ_PASS.`
        : `${refuses} (${refusal}). See its log.`,
    };
  }
}

async function launch({ binaries, folder, port }: Launch): Promise<Launched> {
  const [distributionPort, namesPort] = [await freePort(), await freePort()];
  const config = join(folder, 'rabbitmq.conf');
  await writeFile(config, `listeners.tcp.local = 127.0.0.1:${port}\nlog.console = true\nlog.file = false\n`);
  return {
    commands: [
      // Otherwise Erlang starts its name server as a daemon, and leaves it behind.
      ['epmd', '-port', String(namesPort), '-address', '127.0.0.1'],
      [join(binaries, 'rabbitmq-server')],
    ],
    env: {
      PATH: process.env.PATH,
      HOME: folder, // Erlang keeps the cookie of this node there
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
      // The script then becomes the broker instead of its parent, so that a signal to the process reaches the broker.
      RUNNING_UNDER_SYSTEMD: 'true',
    },
    address: {
      RABBITMQ_HOST: '127.0.0.1',
      RABBITMQ_PORT: String(port),
      RABBITMQ_USER: 'guest',
      RABBITMQ_PASS: 'guest',
    },
  };
}
