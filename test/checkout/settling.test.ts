import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Channel, ConsumeMessage } from 'amqplib';
import { listSteps } from '#workshop/course/list';

type Handle = (channel: Channel, message: ConsumeMessage) => Promise<void>;

const steps = (await listSteps()).filter(({ number }) => number >= 11);

/** What a step's stock does with an order when RabbitMQ has gone while it was at work: what it calls, how it ends. */
async function handleWithoutChannel(stepFolder: string, content: string) {
  const file = pathToFileURL(join(stepFolder, 'stock/app.ts')).href;
  const app = (await import(file)) as { handle?: Handle; handleInSpan?: Handle };
  const handle = app.handleInSpan ?? app.handle!;
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
  test(`${name}: an order that is done, and whose ack fails, is not refused`, async () => {
    const { called, end } = await handleWithoutChannel(folder, '{"items":[1]}');

    assert.deepEqual(called, ['ack']);
    assert.equal(end, 'Channel closed'); // whoever called hears of it, and says that the order will come again
  });

  test(`${name}: what is no order is refused, and never acknowledged`, async () => {
    const { called } = await handleWithoutChannel(folder, 'hello');

    assert.deepEqual(called, ['nack']);
  });
}
