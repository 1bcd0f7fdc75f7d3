import { stateFolder } from './state.ts';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { freePort } from '#workshop/net/ports';
import { lookFor } from '#workshop/parts/look';
import type { Part } from '#workshop/parts/part';
import { rabbitmq } from '#workshop/parts/rabbitmq';
import { usePart } from '#workshop/parts/use';
import { brokerMissing, startBroker } from '../support/broker.ts';
import { slowTest, test } from '../support/tests.ts';

const skip = brokerMissing;

/** RabbitMQ with another usual port, because something may be listening on the real one here. */
function withUsualPort(port: number): Part {
  return { ...rabbitmq, address: () => ({ ...rabbitmq.address(), RABBITMQ_PORT: String(port) }) };
}

slowTest(
  'if another program uses the usual port, RabbitMQ is started on a free port',
  { skip },
  async (t) => {
    const other = createServer((socket) => socket.on('error', () => {}).end('hello')).listen(0, 'localhost');
    await once(other, 'listening');
    t.after(() => other.close());
    const { port } = other.address() as { port: number };

    const started = await usePart(withUsualPort(port));
    t.after(() => started.stop());

    const place = rabbitmq.place(started.env);
    assert.equal(place.host, '127.0.0.1');
    assert.notEqual(place.port, port);
    await started.stop();
    assert.equal(await rabbitmq.probe(started.env), 'nothing');
  },
);

slowTest('RabbitMQ that a check starts is not offered to other commands', { skip }, async (t) => {
  const part = withUsualPort(await freePort());
  const started = await usePart(part, { ownInstances: true });
  t.after(() => started.stop());
  assert.equal(await rabbitmq.probe(started.env), 'ready');
  await assert.rejects(readFile(join(stateFolder, 'parts', 'rabbitmq', 'running.json')), { code: 'ENOENT' });
});

slowTest('RabbitMQ at the usual address is used, and not stopped', { skip }, async () => {
  const broker = await startBroker();
  const used = await usePart(withUsualPort(broker.port));
  assert.equal(used.env['RABBITMQ_PORT'], String(broker.port));
  await used.stop();
  assert.equal(await rabbitmq.probe(broker.env), 'ready');
});

test('not installed, installed but not running, and not startable on Windows', async (t) => {
  const { PATH } = process.env;
  t.after(() => (process.env.PATH = PATH));
  process.env.PATH = stateFolder; // which contains no programs
  const part = withUsualPort(await freePort());

  assert.match(
    ((await lookFor({ ...part, places: [] })) as { missing: string }).missing,
    /^not installed\. Get it with .*docker compose up rabbitmq\.$/,
  );
  // Without epmd, the workshop can't start it.
  assert.match(
    ((await lookFor({ ...part, programs: [] })) as { missing: string }).missing,
    /^installed but not running\. Start it with .*docker compose up rabbitmq\.$/,
  );
  const { platform } = process;
  t.after(() => Object.defineProperty(process, 'platform', { value: platform }));
  Object.defineProperty(process, 'platform', { value: 'win32' });
  assert.match(
    ((await lookFor({ ...part, programs: [], requires: [] })) as { missing: string }).missing,
    /^installed but not running\. Start it with net start RabbitMQ, or docker compose up rabbitmq\.$/,
  );
});

test('the address in the variables: nothing is listening there, another program uses it, or it is invalid', async (t) => {
  t.after(() => delete process.env.RABBITMQ_PORT);
  const said = async () => ((await lookFor(rabbitmq)) as { missing: string }).missing;

  process.env.RABBITMQ_PORT = String(await freePort());
  const place = `localhost:${process.env.RABBITMQ_PORT} \\(from RABBITMQ_PORT\\)`;
  assert.match(
    await said(),
    new RegExp(
      `^nothing is listening at ${place}\\. It is ${skip ? 'not installed' : 'installed here: unset RABBITMQ_PORT'}`,
    ),
  );

  const other = createServer((socket) => socket.on('error', () => {}).end()).listen(0, 'localhost');
  await once(other, 'listening');
  t.after(() => other.close());
  process.env.RABBITMQ_PORT = String((other.address() as { port: number }).port);
  assert.match(
    await said(),
    /^localhost:\d+ \(from RABBITMQ_PORT\) is used by .+ Stop it, or change RABBITMQ_PORT\.$/,
  );

  process.env.RABBITMQ_PORT = 'many';
  await assert.rejects(lookFor(rabbitmq), { message: /^RABBITMQ_PORT is "many"/ });
});

test('lines of a service: a refused queue or exchange is recognized, and nothing else', () => {
  const line = (kind: string, name: string) =>
    `{"msg":"RabbitMQ at localhost:5672 reports: PRECONDITION_FAILED - inequivalent arg 'durable' for ${kind} '${name}' in vhost '/': received 'true' but current is 'false': next try in 100 ms"}`;
  assert.match(
    rabbitmq.refusalIn!(line('queue', 'stock-queue'))!,
    /a queue stock-queue .*rabbitmqctl delete_queue stock-queue/,
  );
  assert.match(rabbitmq.refusalIn!(line('exchange', 'exchange'))!, /an exchange exchange /);
  assert.equal(
    rabbitmq.refusalIn!('{"msg":"No connection to RabbitMQ at localhost:5672 (ECONNREFUSED)"}'),
    undefined,
  );
});
