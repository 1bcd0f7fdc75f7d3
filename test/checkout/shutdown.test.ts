import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { accepts } from '#workshop/net/accepts';
import { freshBackend } from '../backend/backend.ts';
import type { Patch } from '../check/support.ts';
import { brokerMissing, emptyQueue, startBroker } from '../support/broker.ts';
import { eventually } from '../support/eventually.ts';
import type { Subject } from '../support/process.ts';
import { slowTest, test } from '../support/tests.ts';
import { checkoutClient, type Name, patientStep, startService } from './service.ts';
import { openChannel, publish } from './system.ts';

const skip = brokerMissing;
const broker = skip ? undefined! : await startBroker();

const CALLS = 100;
const IN_FLIGHT = 5;
/** The SERVER span and the PRODUCER span. */
const SPANS_PER_CALL = 2;
/** The batch processor sends this many spans together, and the rest only when the service ends. */
const BATCH = 10;
const NEVER_MS = '600000';

const endings: Record<string, (service: Subject) => void> = {
  SIGTERM: ({ child }) => void child.kill('SIGTERM'),
  'Ctrl-C': ({ child }) => void child.kill('SIGINT'),
  'Ctrl-C twice': ({ child }) => void (child.kill('SIGINT') && child.kill('SIGINT')),
  'the end of its parent': ({ child }) => child.disconnect(),
};

/** Starts a service of the last step, whose spans go to a backend in batches that are sent when they are full. */
async function startTraced(t: TestContext, name: Name, patch?: Patch) {
  await emptyQueue('stock-queue', broker); // of the orders of other tests
  const backend = await freshBackend(t);
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: backend.otlpGrpcUrl,
    OTEL_BSP_SCHEDULE_DELAY: NEVER_MS,
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: String(BATCH),
  };
  const spans = () => [...backend.store.traces()].flatMap(({ id }) => backend.store.trace(id)!.spans);
  const step = await patientStep(t, 15, patch);
  return { ...(await startService(t, step, name, { broker, env })), spans };
}

for (const [ending, end] of Object.entries(endings)) {
  const testEnding = ending === 'SIGTERM' ? test : slowTest;

  testEnding(
    `checkout on ${ending}, with calls in flight: they get a response, and all spans arrive`,
    { skip },
    async (t) => {
      const { subject, port, lines, spans } = await startTraced(t, 'checkout');
      const checkOut = checkoutClient(t, port);
      const call = (count: number) => Promise.all(Array.from({ length: count }, () => checkOut([1])));

      await call(CALLS);
      broker.pause(); // so that checkout waits for a confirmation
      t.after(() => broker.resume());
      const inFlight = call(IN_FLIGHT);
      await eventually(() => lines('checkout started') === CALLS + IN_FLIGHT, 'the calls are in flight');
      end(subject);
      await eventually(async () => !(await accepts(port)), 'checkout stops listening');
      broker.resume();

      assert.deepEqual(
        await inFlight,
        Array.from({ length: IN_FLIGHT }, () => ({ totalAmount: 1234 })),
      );
      assert.equal(await subject.ended, 0, subject.stderr);
      assert.equal(spans().length, SPANS_PER_CALL * (CALLS + IN_FLIGHT));
    },
  );

  testEnding(
    `stock on ${ending}, while it is at work: each order is processed once or still waits, and all spans arrive`,
    { skip },
    async (t) => {
      const channel = await openChannel(t, broker);
      const { subject, lines, spans } = await startTraced(t, 'stock');
      const orders = 3 * CALLS;
      const taken = () => lines('order taken out of stock');

      await Promise.all(Array.from({ length: orders }, () => publish(channel, {})));
      await eventually(() => taken() > 0, 'stock is at work');
      end(subject);

      assert.equal(await subject.ended, 0, subject.stderr);
      const { messageCount } = await channel.checkQueue('stock-queue');
      assert.equal(taken() + messageCount, orders);
      assert.equal(spans().filter(({ kind }) => kind === 'consumer').length, taken());
      const writes = spans().filter(({ name }) => name === 'write stock');
      assert.equal(
        writes.reduce((sum, { links }) => sum + links.length, 0),
        taken(),
      );
    },
  );
}

slowTest(
  'checkout on SIGTERM, when RabbitMQ never confirms: the call is canceled, and all spans arrive',
  { skip },
  async (t) => {
    const { subject, port, lines, spans } = await startTraced(t, 'checkout');
    const checkOut = checkoutClient(t, port);
    await Promise.all(Array.from({ length: BATCH }, () => checkOut([1])));
    broker.pause();
    t.after(() => broker.resume());
    const neverConfirmed = checkOut([1]);
    await eventually(() => lines('checkout started') === BATCH + 1, 'the call is in flight');

    subject.child.kill('SIGTERM');

    assert.match(JSON.stringify(await neverConfirmed), /"code":(1|14),/); // CANCELLED or UNAVAILABLE
    assert.equal(await subject.ended, 0, subject.stderr);
    assert.equal(spans().length, SPANS_PER_CALL * (BATCH + 1));
  },
);

slowTest(
  'stock on SIGTERM, with an order whose work never ends: it is delivered again, and all spans arrive',
  { skip },
  async (t) => {
    const channel = await openChannel(t, broker);
    const { subject, lines, spans } = await startTraced(t, 'stock', {
      'stock/app.ts': [
        ['  await sleep(5 + random() * 5);', '  if (items[0] === 0) await new Promise(() => {});'],
      ],
    });
    await publish(channel, { content: Buffer.from('{"items":[0]}') });
    await Promise.all(Array.from({ length: BATCH }, () => publish(channel, {})));
    await eventually(() => lines('order taken out of stock') === BATCH, 'the other orders are processed');

    subject.child.kill('SIGTERM');

    assert.equal(await subject.ended, 0, subject.stderr);
    assert.equal((await channel.checkQueue('stock-queue')).messageCount, 1);
    assert.equal(spans().filter(({ kind }) => kind === 'consumer').length, BATCH + 1);
  },
);

slowTest(
  'gateway on SIGTERM, with a call in flight: it gets a response, and all spans arrive',
  { skip },
  async (t) => {
    const checkout = await startTraced(t, 'checkout');
    const backend = await freshBackend(t);
    const gateway = await startService(t, await patientStep(t, 15), 'gateway', {
      broker,
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: backend.otlpGrpcUrl,
        OTEL_BSP_SCHEDULE_DELAY: NEVER_MS,
        CHECKOUT_SERVICE_ADDRESS: `localhost:${checkout.port}`,
      },
    });
    const post = async () =>
      (await fetch(`http://localhost:${gateway.port}/api/checkout`, { method: 'POST' })).status;
    await Promise.all(Array.from({ length: CALLS }, post));
    broker.pause();
    t.after(() => broker.resume());
    const inFlight = post();
    await eventually(() => checkout.lines('checkout started') === CALLS + 1, 'the call is in flight');

    gateway.subject.child.kill('SIGTERM');
    await eventually(async () => !(await accepts(gateway.port)), 'the gateway stops listening');
    broker.resume();

    assert.equal(await inFlight, 202);
    assert.equal(await gateway.subject.ended, 0, gateway.subject.stderr);
    assert.equal(backend.store.status().spans, SPANS_PER_CALL * (CALLS + 1));
  },
);

for (const name of ['checkout', 'stock'] as const) {
  slowTest(`${name} ends with its parent, even while RabbitMQ is not there`, { skip }, async (t) => {
    const { subject } = await startService(t, await patientStep(t, 15), name, {
      broker: { env: { ...broker.env, RABBITMQ_PORT: '1' } },
      ready: /No connection to RabbitMQ at/,
    });

    subject.child.disconnect();

    assert.equal(await subject.ended, 0, subject.stderr);
  });
}
