import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Channel } from 'amqplib';
import { freePort } from '#workshop/net/ports';
import { brokerMissing, emptyQueue, startBroker } from '../support/broker.ts';
import { eventually } from '../support/eventually.ts';
import { checkoutClient, patientStep, startService } from './service.ts';
import { openChannel, publish } from './system.ts';

const nowhere = `http://localhost:${await freePort()}`;

const modes: Record<string, NodeJS.ProcessEnv> = {
  'with its tracing.ts': { OTEL_EXPORTER_OTLP_ENDPOINT: nowhere },
  'with OTEL_SDK_DISABLED=true': { OTEL_SDK_DISABLED: 'true' },
  'with OTEL_TRACES_SAMPLER=always_off': {
    OTEL_TRACES_SAMPLER: 'always_off',
    OTEL_EXPORTER_OTLP_ENDPOINT: nowhere, // log records are still sent
  },
};

const skip = brokerMissing;
const broker = skip ? undefined! : await startBroker();

for (const step of [11, 12, 13, 14, 15]) {
  let plain: Awaited<ReturnType<typeof outcome>> | undefined;
  for (const [mode, env] of Object.entries(modes)) {
    test(`step ${step}: checkout and stock do ${mode} what they do without`, { skip }, async (t) => {
      plain ??= await outcome(t, step, { traced: false });
      assert.deepEqual(await outcome(t, step, { env }), plain);
    });
  }
}

/** What checkout and stock of a step respond, publish, reject, and have written down at the end. */
async function outcome(t: TestContext, step: number, options: { env?: NodeJS.ProcessEnv; traced?: boolean }) {
  await emptyQueue('stock-queue', broker);
  await emptyQueue('stock-queue.dead-letters', broker);
  const folder = await patientStep(t, step);
  const checkout = await startService(t, folder, 'checkout', { broker, ...options });
  const channel = await openChannel(t, broker);
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, 'exchange', 'checkout.processed');
  const checkOut = checkoutClient(t, checkout.port);

  const confirmed = await checkOut([1, 2]);
  const published = await contentOf(channel, queue);
  await channel.unbindQueue(queue, 'exchange', 'checkout.processed');
  await channel.unbindQueue('stock-queue', 'exchange', 'checkout.processed');
  const failed = await checkOut([3]);
  await channel.bindQueue('stock-queue', 'exchange', 'checkout.processed');

  const stock = await startService(t, folder, 'stock', { broker, ...options });
  await publish(channel, { content: Buffer.from('{"items":[4]}') });
  await publish(channel, { content: Buffer.from('{"items":[5]}'), headers: { traceparent: 'not-a-trace' } });
  await publish(channel, {
    content: Buffer.from('{"items":[6]}'),
    headers: { traceparent: 42, baggage: 42 },
  });
  await publish(channel, { content: Buffer.from('not an order') });
  const settled = () => stock.lines('order taken out of stock') + stock.lines('order rejected');
  await eventually(() => settled() === 5, 'stock has settled all orders');
  for (const { child } of [checkout.subject, stock.subject]) child.kill('SIGTERM');

  return {
    exitCodes: [await checkout.subject.ended, await stock.subject.ended],
    confirmed,
    published,
    failed,
    rejected: await contentOf(channel, 'stock-queue.dead-letters'),
    waiting: (await channel.checkQueue('stock-queue')).messageCount,
    stock: lastWritten(stock.subject.stdout),
  };
}

/** The content of the message in a queue that holds one. */
async function contentOf(channel: Channel, queue: string): Promise<string> {
  const message = await eventually(
    async () => (await channel.get(queue, { noAck: true })) || undefined,
    `a message is in ${queue}`,
  );
  return message.content.toString();
}

/** The stock as it was written last: how many were sold of each item. */
function lastWritten(printed: string): Record<string, number> {
  const line = printed.split('\n').findLast((one) => one.includes('stock written'))!;
  return Object.fromEntries(
    Object.entries(JSON.parse(line)).filter(([name]) => /^\d+$/.test(name)),
  ) as Record<string, number>;
}
