import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parts } from '#workshop/parts/all';
import { isolatedEnvironment } from '../support/environment.ts';
import { runScript } from '../support/process.ts';

const PARTS = 'workshop/commands/parts.ts';

test('without a name, the command prints a line for each part', async (t) => {
  const { env } = await isolatedEnvironment(t);
  const { code, stdout } = await runScript(t, PARTS, [], {
    env: { ...env, DATABASE_URL: 'postgres://localhost:1/x' },
  });

  assert.equal(code, 0);
  assert.deepEqual(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ')[0]),
    parts.map(({ name }) => name),
  );
  assert.match(
    stdout,
    /^postgresql +PostgreSQL: nothing is listening at localhost:1 \(from DATABASE_URL\)\. /m,
  );
});

test('a part that npm cannot fetch: how to get it, exit code 1', async (t) => {
  const { env } = await isolatedEnvironment(t);
  const { code, stderr } = await runScript(t, PARTS, ['rabbitmq'], { env: { ...env, RABBITMQ_PORT: '1' } });

  assert.equal(code, 1);
  assert.match(
    stderr,
    /^RabbitMQ: nothing is listening at localhost:1 .+\nnpm can't fetch RabbitMQ: it needs Erlang, which is not an npm package\.\n$/,
  );
});

test('a part that would not be used, because its variable is set: one sentence, exit code 1', async (t) => {
  const { env } = await isolatedEnvironment(t);
  const { code, stdout, stderr } = await runScript(t, PARTS, ['postgresql'], {
    env: { ...env, DATABASE_URL: 'postgres://localhost:1/x' },
  });

  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.equal(
    stderr,
    'DATABASE_URL says where PostgreSQL is, so a fetched one would not be used: unset it first.\n',
  );
});

test('an unknown part, or more than one: one sentence, exit code 2', async (t) => {
  for (const [words, sentence] of [
    [
      ['mysql'],
      'There is no part "mysql". The parts are rabbitmq, postgresql, alertmanager, prometheus, collector.\n',
    ],
    [['rabbitmq', 'mysql'], "Unexpected argument 'mysql'; --help lists the options.\n"],
  ] as const) {
    const { code, stderr } = await runScript(t, PARTS, [...words]);
    assert.equal(code, 2);
    assert.equal(stderr, sentence);
  }
});
