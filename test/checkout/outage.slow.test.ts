import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { brokerMissing, startBroker } from '../support/broker.ts';
import { eventually } from '../support/eventually.ts';
import { openChannel, type Posted, publish, startSystem } from './system.ts';

const skip = brokerMissing;
const broker = skip ? undefined! : await startBroker();
const system = skip ? undefined! : await startSystem(broker, ['gateway', 'checkout']);

/** How many spans stock has made for each of some traces, as soon as it has made one for all of them. */
async function processed(posted: Posted[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  await eventually(async () => {
    counts.clear();
    for (const { traceId, error } of await system.consumed()) {
      if (!error) counts.set(traceId, (counts.get(traceId) ?? 0) + 1);
    }
    return posted.every(({ traceId }) => counts.has(traceId));
  }, `stock has processed all ${posted.length} that were confirmed`);
  return new Map(posted.map(({ traceId }) => [traceId, counts.get(traceId)!]));
}

const twice = (counts: Map<string, number>) => [...counts.values()].filter((count) => count > 1).length;

test('what is published before stock has ever run waits for it', { skip }, async () => {
  const posted = await Promise.all(Array.from({ length: 10 }, () => system.post()));
  assert.deepEqual(
    posted.map(({ status }) => status),
    posted.map(() => 202),
  );

  await system.startService('stock');

  assert.equal(twice(await processed(posted)), 0);
});

test(
  'stock gets SIGTERM in the middle of 100 messages: each is processed, none of them twice',
  { skip },
  async (t) => {
    const posting = Array.from({ length: 100 }, () => system.post());
    await Promise.race(posting); // so that it is at work

    const ended = await system.end('stock', 'SIGTERM');
    const posted = await Promise.all(posting);
    const channel = await openChannel(t, broker);
    const { messageCount } = await channel.checkQueue('stock-queue');
    await system.startService('stock');

    const counts = await processed(posted);
    t.diagnostic(`${posted.length} published, ${messageCount} of them waited while stock was stopped`);
    assert.ok(messageCount > 0, 'stock was not stopped in time for this to be a test');
    // On a busy machine stock may run out of the time that it has to exit, says so with 1, and gets an order again.
    if (ended === 0) assert.equal(twice(counts), 0);
  },
);

test(
  'stock is killed in the middle of 500 messages: each is processed at least once',
  { skip },
  async (t) => {
    const channel = await openChannel(t, broker);
    await system.end('stock', 'SIGTERM');
    const traceIds = Array.from({ length: 500 }, () => randomBytes(16).toString('hex'));
    await Promise.all(
      traceIds.map((id) => publish(channel, { headers: { traceparent: `00-${id}-b7ad6b7169203331-01` } })),
    );

    const starting = system.startService('stock').catch(() => {}); // it may be killed before it is ready
    await system.prints('stock', /order taken out of stock/);
    await system.end('stock', 'SIGKILL');
    await starting;
    const { messageCount } = await channel.checkQueue('stock-queue');
    await system.startService('stock');

    // The spans of the last moment died with the process, so this looks at what it logged before each ack.
    await eventually(() => {
      const lines = system.printed('stock').filter((line) => line.includes('order taken out of stock'));
      const seen = lines.join();
      return traceIds.every((id) => seen.includes(id));
    }, 'all are processed');
    t.diagnostic(`${messageCount} of 500 were left when stock was killed`);
    assert.ok(messageCount > 0, 'stock was not killed in the middle');
  },
);

test('checkout is down: 500, the trace id, and red spans', { skip }, async () => {
  await system.end('checkout', 'SIGTERM');

  const { status, traceId, body } = await system.post();

  assert.equal(status, 500);
  assert.match(JSON.parse(body).message, /^checkout failed: No connection established\./);
  const { spans } = await system.trace(traceId, 2);
  assert.deepEqual(
    spans.map(({ service, kind, error }) => `${service} ${kind} ${error ? 'red' : 'fine'}`).toSorted(),
    ['gateway client red', 'gateway server red'],
  );

  await system.startService('checkout');
  await eventually(async () => (await system.post()).status === 202, 'the gateway finds it again');
});

test('checkout is killed in the middle of a call: 500, the trace id, and red spans', { skip }, async (t) => {
  broker.pause(); // so that checkout waits for a confirmation
  t.after(() => broker.resume());
  const begun = () => system.printed('checkout').filter((line) => line.includes('checkout begins')).length;
  const before = begun();
  const posting = system.post();
  await eventually(() => begun() > before, 'the call is under way');

  await system.end('checkout', 'SIGKILL');
  const { status, traceId } = await posting;

  assert.equal(status, 500);
  const { spans } = await system.trace(traceId, 2);
  assert.ok(spans.every(({ error }) => error));

  broker.resume();
  await system.startService('checkout');
  await eventually(async () => (await system.post()).status === 202, 'the gateway finds it again');
});

test(
  'the broker is silent: 500 after the time that the gateway waits at most, then all goes on',
  { skip },
  async () => {
    broker.pause();
    const { status, traceId } = await system.post();
    broker.resume();

    assert.equal(status, 500);
    const { spans } = await system.trace(traceId, 2);
    const client = spans.find(({ kind }) => kind === 'client')!;
    assert.equal(client.attributes['rpc.grpc.status_code'], 4, 'DEADLINE_EXCEEDED');
    assert.equal((await system.post()).status, 202);
  },
);

test(
  'the broker dies before it confirms: nobody knows what it has, and nobody claims to',
  { skip },
  async () => {
    const begun = () => system.printed('checkout').filter((line) => line.includes('checkout begins')).length;
    const before = begun();
    broker.pause();
    const posting = system.post();
    await eventually(() => begun() > before, 'the call is under way');
    await broker.crash();

    const { status, body } = await posting;
    await broker.start();

    assert.equal(status, 500);
    assert.match(JSON.parse(body).message, /^checkout failed: the order was not confirmed: /);
    await eventually(async () => (await system.post()).status === 202, 'checkout finds the broker again');
  },
);

test(
  'the broker crashes and restarts during 1,000 checkouts: every one that was confirmed is processed',
  { skip },
  async (t) => {
    const ORDERS = 1_000;
    const AT_ONCE = 8;
    const confirmed: Posted[] = [];
    let failed = 0;
    let begun = 0;
    let restart: Promise<void> | undefined;

    /** Sends orders, each again until it is confirmed. */
    async function customer() {
      while (begun < ORDERS) {
        begun++;
        for (;;) {
          const posted = await system.post();
          if (posted.status === 202) {
            confirmed.push(posted);
            break;
          }
          assert.equal(posted.status, 500);
          assert.match(posted.traceId, /^[0-9a-f]{32}$/);
          failed++;
          await sleep(100);
        }
        if (begun >= ORDERS / 3) restart ??= broker.crash().then(() => broker.start());
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, customer));
    await restart;

    const counts = await processed(confirmed);
    t.diagnostic(
      `${confirmed.length} confirmed, all of them processed, ${twice(counts)} of them twice; ` +
        `${failed} attempts failed while the broker was away`,
    );
    assert.equal(confirmed.length, ORDERS);
    assert.ok(failed > 0, 'the broker was not away');
  },
);

test('nothing was refused on the way', { skip }, async (t) => {
  const channel = await openChannel(t, broker);
  assert.equal((await channel.checkQueue('stock-queue.dead-letters')).messageCount, 0);
  assert.equal((await channel.checkQueue('stock-queue')).messageCount, 0);
});

test(
  'each service exits on its own when it is asked to, even when the broker is away',
  { skip },
  async () => {
    await broker.crash();
    const ends = await Promise.all(
      (['gateway', 'checkout', 'stock'] as const).map((name) => system.end(name, 'SIGTERM')),
    );
    // 0, or 1 where the machine is so busy that the time to exit in was up.
    assert.ok(
      ends.every((end) => end === 0 || end === 1),
      ends.join(),
    );
  },
);
