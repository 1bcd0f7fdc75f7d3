import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Logger } from 'pino';
import { connectBroker } from '#shared/messages/broker.ts';
import { brokerMissing, startBroker } from '../support/broker.ts';
import { openChannel } from './system.ts';

const skip = brokerMissing;
const broker = skip ? undefined! : await startBroker();
if (!skip) Object.assign(process.env, broker.env);

/** The first warning that services log when they connect to the broker. */
async function firstWarning(): Promise<string> {
  let warned: (text: string) => void;
  const warning = new Promise<string>((resolve) => (warned = resolve));
  const log = { info() {}, warn: (text: string) => warned(text) } as unknown as Logger;

  const connection = await connectBroker(async () => {}, log);
  const text = await warning;
  await connection.close();
  return text;
}

test('a service logs why RabbitMQ refuses, where a queue has other settings', { skip }, async (t) => {
  const channel = await openChannel(t, broker);
  await channel.assertQueue('stock-queue', { durable: true });

  const place = `127\\.0\\.0\\.1:${broker.port}`;
  assert.match(
    await firstWarning(),
    new RegExp(
      `^RabbitMQ at ${place} reports: PRECONDITION_FAILED - .*stock-queue.*: next attempt in \\d+ ms$`,
    ),
  );
});

test('a service logs why RabbitMQ refuses, where the password is wrong', { skip }, async (t) => {
  process.env.RABBITMQ_PASS = 'wrong';
  t.after(() => delete process.env.RABBITMQ_PASS);

  assert.match(await firstWarning(), /^RabbitMQ at .* reports: ACCESS_REFUSED - .*: next attempt in/);
});

test('a service logs that there is no RabbitMQ, where nothing listens', { skip }, async (t) => {
  process.env.RABBITMQ_PORT = '1';
  t.after(() => Object.assign(process.env, broker.env));

  assert.match(
    await firstWarning(),
    /^No connection to RabbitMQ at 127\.0\.0\.1:1 \(ECONNREFUSED\): next attempt in/,
  );
});
