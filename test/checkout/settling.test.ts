import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Channel, ConsumeMessage } from 'amqplib';
import { listSteps } from '#workshop/course/list';

type Handle = (channel: Channel, message: ConsumeMessage) => Promise<void>;

const steps = (await listSteps()).filter(({ folder }) => existsSync(join(folder, 'stock')));

/** What a step's stock calls, and how it ends, when the connection to RabbitMQ breaks while it processes an order. */
async function handleWithoutChannel(stepFolder: string, content: string) {
  const file = pathToFileURL(join(stepFolder, 'stock/app.ts')).href;
  const { handle } = (await import(file)) as { handle: Handle };
  const called: string[] = [];
  const closed = (name: string) => () => {
    called.push(name);
    throw new Error('Channel closed');
  };
  const channel = { ack: closed('ack'), nack: closed('nack') } as unknown as Channel;
  const message = {
    content: Buffer.from(content),
    fields: { exchange: 'exchange', routingKey: 'checkout.processed' },
    properties: { headers: {} },
  } as ConsumeMessage;

  const end = await handle(channel, message).then(
    () => 'settled',
    (error: Error) => error.message,
  );
  return { called, end };
}

for (const { name, folder } of steps) {
  test(`${name}: an order that is processed, but whose ack fails, is not rejected`, async () => {
    const { called, end } = await handleWithoutChannel(folder, '{"items":[1]}');

    assert.deepEqual(called, ['ack']);
    assert.equal(end, 'Channel closed'); // the caller logs it: RabbitMQ will deliver the order again
  });

  test(`${name}: an invalid order is rejected, and never acknowledged`, async () => {
    const { called } = await handleWithoutChannel(folder, 'hello');

    assert.deepEqual(called, ['nack']);
  });
}
