import { stateFolder } from './state.ts';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { isAlive } from '#workshop/is-alive';
import { howToGet, lookFor } from '#workshop/parts/look';
import type { Part } from '#workshop/parts/part';
import { postgresql } from '#workshop/parts/postgresql';
import { binariesOf } from '#workshop/parts/programs';
import { usePart } from '#workshop/parts/use';
import { eventually } from '../support/eventually.ts';
import { startScript, type Subject } from '../support/process.ts';

const run = promisify(execFile);
const binaries = binariesOf(postgresql);
const skip = binaries ? false : `PostgreSQL is ${howToGet(postgresql)}`;
if (skip && process.env.CI === 'true') throw new Error(skip);

const psql = binaries && join(binaries, 'psql');

async function query(env: Record<string, string>, sql: string): Promise<string> {
  const { stdout } = await run(psql!, [
    env['DATABASE_URL']!,
    '--tuples-only',
    '--no-align',
    '--command',
    sql,
  ]);
  return stdout.trim();
}

/** A process that uses PostgreSQL; `pid` is set if this process started it. */
async function hold(
  t: TestContext,
): Promise<{ subject: Subject; pid?: number; env: Record<string, string> }> {
  const subject = startScript(t, 'test/parts/hold.ts', ['postgresql'], {
    env: { ...process.env, WORKSHOP_STATE: stateFolder },
    stdin: 'pipe',
  });
  await subject.printed(/\}\n/);
  return { subject, ...JSON.parse(subject.stdout) };
}

test('it is started on loopback, requires its password, and keeps its data', { skip }, async (t) => {
  const first = await usePart(postgresql);
  t.after(() => first.stop());
  assert.equal(await postgresql.probe(first.env), 'ready');
  assert.equal(new URL(first.env['DATABASE_URL']!).hostname, '127.0.0.1');
  if (existsSync(psql!)) {
    await query(first.env, 'create table kept as select 42 as answer');
    const other = { DATABASE_URL: first.env['DATABASE_URL']!.replace(/:[0-9a-f]{32}@/, ':wrong@') };
    await assert.rejects(query(other, 'select 1'), /password authentication failed/);
  }
  await first.stop();
  assert.equal(await postgresql.probe(first.env), 'nothing');

  const second = await usePart(postgresql);
  t.after(() => second.stop());
  if (existsSync(psql!)) assert.equal(await query(second.env, 'select answer from kept'), '42');
  await second.stop();
});

test(
  'commands of one workshop share it, even if they start at once; the one that started it stops it',
  { skip },
  async (t) => {
    const all = await Promise.all([hold(t), hold(t), hold(t)]);

    assert.equal(new Set(all.map(({ env }) => env['DATABASE_URL'])).size, 1);
    const owners = all.filter(({ pid }) => pid !== undefined);
    assert.equal(owners.length, 1);
    for (const { subject } of all.filter(({ pid }) => pid === undefined)) {
      subject.child.stdin!.end();
      assert.equal(await subject.ended, 0);
    }
    assert.equal(await postgresql.probe(all[0].env), 'ready');

    owners[0]!.subject.child.stdin!.end();
    assert.equal(await owners[0]!.subject.ended, 0);
    assert.ok(!isAlive(owners[0]!.pid!));
  },
);

test('it stops when the process that started it is killed', { skip }, async (t) => {
  const { subject, pid } = await hold(t);

  subject.child.kill('SIGKILL');

  await eventually(() => !isAlive(pid!), 'PostgreSQL has exited');
});

test(
  'one that was left running, because its keeper was killed too, is stopped at the next start',
  { skip: skip || process.platform === 'win32' },
  async (t) => {
    const { subject, pid } = await hold(t);
    const { stdout: keeper } = await run('ps', ['-o', 'ppid=', '-p', String(pid)]);
    process.kill(Number(keeper), 'SIGKILL');
    subject.child.kill('SIGKILL');
    await subject.ended;
    assert.ok(isAlive(pid!));

    const next = await usePart(postgresql);
    t.after(() => next.stop());

    assert.ok(!isAlive(pid!));
    assert.equal(await postgresql.probe(next.env), 'ready');
  },
);

test('if it does not start, the error has the reason', { skip }, async () => {
  await assert.rejects(
    usePart(withSettings({ no_such_setting: '1' })),
    /^Error: PostgreSQL did not start.*no_such_setting/s,
  );
  assert.ok('binaries' in (await lookFor(postgresql)), 'others can start it');
});

/** PostgreSQL with additional settings on its command line. */
function withSettings(settings: Record<string, string>): Part {
  const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return {
    ...postgresql,
    async launch(launch) {
      const { commands, ...launched } = await postgresql.launch(launch);
      return { ...launched, commands: commands.map((command) => [...command, ...words]) };
    },
  };
}

test('with too many connections it is not ready, and the reason is its own message', { skip }, async (t) => {
  const used = await usePart(
    withSettings({ max_connections: '1', superuser_reserved_connections: '0', max_wal_senders: '0' }),
  );
  t.after(() => used.stop());
  const startup = Buffer.from('\0\0\0\x17\0\x03\0\0user\0postgres\0\0');
  const socket = connect(postgresql.place(used.env), () => socket.write(startup));
  t.after(() => socket.destroy());
  await once(socket, 'data'); // a request for the password, which keeps the connection open

  assert.deepEqual(await postgresql.probe(used.env), {
    refusal: 'it refuses connections: sorry, too many clients already.',
  });
});

for (const [code, expected] of [
  ['57P03', { refusal: 'it refuses connections: a reason.' }],
  ['3D000', { refusal: 'it refuses connections: a reason.' }],
  ['28000', 'ready'],
] as const) {
  test(`the error ${code}: ${JSON.stringify(expected)}`, async (t) => {
    const fields = `SFATAL\0C${code}\0Ma reason\0\0`;
    const address = await serverAt(
      t,
      Buffer.from(`E\0\0\0${String.fromCharCode(fields.length + 4)}${fields}`),
    );
    assert.deepEqual(await postgresql.probe(address), expected);
  });
}

test('a reply that is not PostgreSQL: another program', async (t) => {
  assert.equal(await postgresql.probe(await serverAt(t, Buffer.from('Error\r\n'))), 'other');
});

/** A server that replies to everything with the same bytes. */
async function serverAt(t: TestContext, reply: Buffer): Promise<Record<string, string>> {
  const server = createServer((socket) => socket.on('error', () => {}).end(reply)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { DATABASE_URL: `postgres://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test("PostgreSQL at the usual address is not used, because it may hold other people's data", async (t) => {
  t.mock.method(postgresql, 'probe', () => assert.fail('there is nothing to look at'));
  const found = await lookFor({ ...postgresql, places: [], programs: ['no-such-program'] });
  assert.match(
    (found as { missing: string }).missing,
    /^not installed\. Get it with npm run parts postgresql, or /,
  );
});

test('DATABASE_URL: nothing is listening there, it is invalid, or it is empty', async (t) => {
  t.after(() => delete process.env.DATABASE_URL);

  process.env.DATABASE_URL = 'postgres://me@localhost:1/mine';
  await assert.rejects(usePart(postgresql), {
    message: /^nothing is listening at localhost:1 \(from DATABASE_URL\)\. It is (not )?installed/,
  });
  for (const url of ['localhost:5432', 'postgres://user%@localhost/', 'http://localhost']) {
    process.env.DATABASE_URL = url;
    await assert.rejects(usePart(postgresql), {
      message: new RegExp(`^DATABASE_URL is "${url}", which is not a valid PostgreSQL URL: .+ postgres://`),
    });
  }
  process.env.DATABASE_URL = '';
  assert.doesNotThrow(() => postgresql.address());
});
