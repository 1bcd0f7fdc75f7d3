import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Logger } from 'pino';
import { listSteps } from '#workshop/course/list';
import { brokerMissing, startBroker } from '../support/broker.ts';
import { openChannel } from './system.ts';

const skip = brokerMissing;
const broker = skip ? undefined! : await startBroker();
if (!skip) Object.assign(process.env, broker.env);
const steps = (await listSteps()).filter(({ number }) => number >= 11);

/** The first warning that a step's services log when they connect to the broker. */
async function firstWarning(stepFolder: string): Promise<string> {
  const file = pathToFileURL(join(stepFolder, 'checkout/broker.ts')).href;
  const { connectBroker } = (await import(
    file
  )) as typeof import('../../steps/14-parent-or-link/checkout/broker.ts');
  let warned: (text: string) => void;
  const warning = new Promise<string>((resolve) => (warned = resolve));
  const log = { info() {}, warn: (text: string) => warned(text) } as unknown as Logger;

  const connection = await connectBroker(async () => {}, log);
  const text = await warning;
  await connection.close();
  return text;
}

for (const { name, folder } of steps) {
  test(`${name} logs why RabbitMQ refuses, where a queue has other settings`, { skip }, async (t) => {
    const channel = await openChannel(t, broker);
    await channel.assertQueue('stock-queue', { durable: true });

    const place = `127\\.0\\.0\\.1:${broker.port}`;
    assert.match(
      await firstWarning(folder),
      new RegExp(
        `^RabbitMQ at ${place} refuses: PRECONDITION_FAILED - .*stock-queue.*: next try in \\d+ ms$`,
      ),
    );
  });

  test(`${name} logs why RabbitMQ refuses, where the password is wrong`, { skip }, async (t) => {
    process.env.RABBITMQ_PASS = 'wrong';
    t.after(() => delete process.env.RABBITMQ_PASS);

    assert.match(await firstWarning(folder), /^RabbitMQ at .* refuses: ACCESS_REFUSED - .*: next try in/);
  });

  test(`${name} logs that there is no RabbitMQ, where nothing listens`, { skip }, async (t) => {
    process.env.RABBITMQ_PORT = '1';
    t.after(() => Object.assign(process.env, broker.env));

    assert.match(await firstWarning(folder), /^No RabbitMQ at 127\.0\.0\.1:1 \(ECONNREFUSED\): next try in/);
  });
}
