import { stateFolder } from './state.ts';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { howToGet, lookFor } from '#workshop/parts/look';
import type { Part } from '#workshop/parts/part';
import { postgresql } from '#workshop/parts/postgresql';
import { programsOf } from '#workshop/parts/programs';
import { usePart } from '#workshop/parts/use';
import { eventually } from '../support/eventually.ts';
import { startScript, type Subject } from '../support/process.ts';

const run = promisify(execFile);
const programs = programsOf(postgresql);
const skip = programs ? false : `PostgreSQL is ${howToGet(postgresql)}`;
if (skip && process.env.CI === 'true') throw new Error(skip);

const psql = programs && join(programs.binaries, 'psql');

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

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A process that uses a PostgreSQL, and whether it is the one that started it. */
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

test('it is started on loopback, asks for its password, and keeps its data', { skip }, async (t) => {
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
  'commands of one workshop share it, also if they start at once; the one that started it ends it',
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

test('it ends when the process that started it is killed', { skip }, async (t) => {
  const { subject, pid } = await hold(t);

  subject.child.kill('SIGKILL');

  await eventually(() => !isAlive(pid!), 'PostgreSQL has ended');
});

test(
  'one that was left running, because its keeper was killed too, is ended at the next start',
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

test('one that does not start says why, and what root has to know', { skip }, async () => {
  const broken: Part = {
    ...postgresql,
    async launch(launch) {
      const launched = await postgresql.launch(launch);
      return {
        ...launched,
        commands: launched.commands.map((words) => [...words, '-c', 'no_such_setting=1']),
      };
    },
  };
  await assert.rejects(usePart(broken), /^Error: PostgreSQL did not start.*no_such_setting/s);
  assert.ok('programs' in (await lookFor(postgresql)), 'others may start it');
});

test('a database at the usual address is not used: it may hold the data of others', async (t) => {
  t.mock.method(postgresql, 'probe', () => assert.fail('nothing to look at'));
  const found = await lookFor({ ...postgresql, places: [], programs: ['no-such-program'] });
  assert.match(
    (found as { missing: string }).missing,
    /^not installed\. Get it with npm run parts postgresql, or /,
  );
});

test('DATABASE_URL: an address without an answer, one that is no URL', async (t) => {
  t.after(() => delete process.env.DATABASE_URL);

  process.env.DATABASE_URL = 'postgres://me@localhost:1/mine';
  await assert.rejects(usePart(postgresql), {
    message: /^nothing answers at localhost:1 \(from DATABASE_URL\)\. It is (not )?installed/,
  });
  process.env.DATABASE_URL = 'localhost:5432';
  await assert.rejects(usePart(postgresql), {
    message: /^DATABASE_URL is "localhost:5432", which is not the URL/,
  });
});
