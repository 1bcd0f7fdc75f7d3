import { stateFolder } from './state.ts';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { freePort } from '#workshop/net/ports';
import { lookFor } from '#workshop/parts/look';
import type { Part } from '#workshop/parts/part';
import { rabbitmq } from '#workshop/parts/rabbitmq';
import { usePart } from '#workshop/parts/use';
import { brokerMissing, startBroker } from '../support/broker.ts';

const skip = brokerMissing;

/** RabbitMQ as if its usual port were another one, since something may listen at the usual one here. */
function withUsualPort(port: number): Part {
  return { ...rabbitmq, address: () => ({ ...rabbitmq.address(), RABBITMQ_PORT: String(port) }) };
}

test(
  'the usual port is held by another program: one is started on a free port; at the usual address it is used',
  { skip },
  async (t) => {
    const stranger = createServer((socket) => socket.on('error', () => {}).end('hello')).listen(
      0,
      'localhost',
    );
    await once(stranger, 'listening');
    t.after(() => stranger.close());
    const { port } = stranger.address() as { port: number };

    const started = await usePart(withUsualPort(port));
    t.after(() => started.stop());

    const place = rabbitmq.place(started.env);
    assert.equal(place.host, '127.0.0.1');
    assert.notEqual(place.port, port);
    await started.stop();
    assert.equal(await rabbitmq.probe(started.env), 'nothing');
  },
);

test('one that answers at the usual address is used, and not stopped', { skip }, async () => {
  const broker = await startBroker();
  const used = await usePart(withUsualPort(broker.port));
  assert.equal(used.env['RABBITMQ_PORT'], String(broker.port));
  await used.stop();
  assert.equal(await rabbitmq.probe(broker.env), 'ready');
});

test('not installed and installed but not running are told apart', async (t) => {
  const { PATH } = process.env;
  t.after(() => (process.env.PATH = PATH));
  process.env.PATH = stateFolder; // which holds no programs
  const part = withUsualPort(await freePort());

  assert.match(
    ((await lookFor({ ...part, places: [] })) as { missing: string }).missing,
    /^not installed\. Get it with .*docker compose up rabbitmq\.$/,
  );
  // Without epmd the workshop can't start what is installed.
  assert.match(
    ((await lookFor({ ...part, programs: [] })) as { missing: string }).missing,
    /^installed but not running\. Start it with .*docker compose up rabbitmq\.$/,
  );
});

test('an address that was given: nothing answers there, or another program, or it is no port', async (t) => {
  t.after(() => delete process.env.RABBITMQ_PORT);
  const said = async () => ((await lookFor(rabbitmq)) as { missing: string }).missing;

  process.env.RABBITMQ_PORT = String(await freePort());
  const place = `localhost:${process.env.RABBITMQ_PORT} \\(from RABBITMQ_PORT\\)`;
  assert.match(
    await said(),
    new RegExp(
      `^nothing answers at ${place}\\. It is ${skip ? 'not installed' : 'installed here: unset RABBITMQ_PORT'}`,
    ),
  );

  const stranger = createServer((socket) => socket.on('error', () => {}).end()).listen(0, 'localhost');
  await once(stranger, 'listening');
  t.after(() => stranger.close());
  process.env.RABBITMQ_PORT = String((stranger.address() as { port: number }).port);
  assert.match(
    await said(),
    /^localhost:\d+ \(from RABBITMQ_PORT\) is held by .+ Stop that, or set RABBITMQ_PORT\.$/,
  );

  process.env.RABBITMQ_PORT = 'many';
  await assert.rejects(lookFor(rabbitmq), { message: /^RABBITMQ_PORT is "many"/ });
});

test('a refused queue or exchange is recognised in what a service prints, and nothing else', () => {
  const line = (kind: string, name: string) =>
    `{"msg":"RabbitMQ at localhost:5672 refuses: PRECONDITION_FAILED - inequivalent arg 'durable' for ${kind} '${name}' in vhost '/': received 'true' but current is 'false': next try in 100 ms"}`;
  assert.match(
    rabbitmq.refusalIn!(line('queue', 'stock-queue'))!,
    /a queue stock-queue .*rabbitmqctl delete_queue stock-queue/,
  );
  assert.match(rabbitmq.refusalIn!(line('exchange', 'exchange'))!, /an exchange exchange /);
  assert.equal(rabbitmq.refusalIn!('{"msg":"No RabbitMQ at localhost:5672 (ECONNREFUSED)"}'), undefined);
});
