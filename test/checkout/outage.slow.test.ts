import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { brokerMissing, startBroker } from '../support/broker.ts';
import { eventually } from '../support/eventually.ts';
import { callUntil } from '../support/until.ts';
import { openChannel, type Posted, publish, startSystem } from './system.ts';

const skip = brokerMissing;
const broker = skip ? undefined! : await startBroker();
const system = skip ? undefined! : await startSystem(broker, ['gateway', 'checkout']);

const AT_ONCE = 8;

/** How often stock has processed each order so far, by trace id, as it logged before it acknowledged the order. */
function takenOut(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of system.printed('stock')) {
    const id = /"trace_id":"(\w+)".*order taken out of stock/.exec(line)?.[1];
    if (id) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

/**
 * Waits until stock has processed the orders of some traces, and returns how often it has processed each. This looks at
 * the log because a process that is killed, or that runs out of time while it shuts down, loses its last spans.
 */
async function processed(traceIds: string[]): Promise<Map<string, number>> {
  await eventually(() => {
    const taken = takenOut();
    return traceIds.every((id) => taken.has(id));
  }, `stock has processed all ${traceIds.length} confirmed orders`);
  const taken = takenOut();
  return new Map(traceIds.map((id) => [id, taken.get(id)!]));
}

const confirmedOf = (posted: Posted[]) =>
  posted.filter(({ status }) => status === 202).map(({ traceId }) => traceId);

/** Waits until stock has processed one more order. */
async function stockIsAtWork(): Promise<void> {
  const before = takenOut().size;
  await eventually(() => takenOut().size > before, 'stock is at work');
}

const twice = (counts: Map<string, number>) => [...counts.values()].filter((count) => count > 1).length;

test('what is published before stock has ever run waits for it', { skip }, async () => {
  const posted = await Promise.all(Array.from({ length: 10 }, () => system.post()));
  assert.deepEqual(
    posted.map(({ status }) => status),
    posted.map(() => 202),
  );

  await system.startService('stock');

  assert.equal(twice(await processed(confirmedOf(posted))), 0);
});

test(
  'stock gets SIGTERM while orders arrive: each is processed, and none of them twice',
  { skip },
  async (t) => {
    const ending = stockIsAtWork().then(() => system.end('stock', 'SIGTERM'));
    const confirmed = confirmedOf(await callUntil(ending, () => system.post(), AT_ONCE));
    const channel = await openChannel(t, broker);
    const { messageCount } = await channel.checkQueue('stock-queue');
    await system.startService('stock');

    const counts = await processed(confirmed);
    t.diagnostic(
      `${confirmed.length} confirmed, ${messageCount} of them waited while stock was stopped (exit code ${await ending})`,
    );
    assert.ok(messageCount > 0, 'no order arrived while stock was stopped');
    // On a busy machine, stock may run out of the time that it has to exit. It then exits with 1, and gets an order again.
    if ((await ending) === 0) assert.equal(twice(counts), 0);
  },
);

test('stock is killed while 500 orders wait: each is processed at least once', { skip }, async (t) => {
  const channel = await openChannel(t, broker);
  await system.end('stock', 'SIGTERM');
  const order = async () => {
    const traceId = randomBytes(16).toString('hex');
    await publish(channel, { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } });
    return traceId;
  };
  const waiting = await Promise.all(Array.from({ length: 500 }, order));

  const killing = stockIsAtWork().then(() => system.end('stock', 'SIGKILL'));
  const starting = system.startService('stock').catch(() => {}); // it may be killed before it is ready
  const arriving = await callUntil(killing, order, 1);
  await starting;
  const { messageCount } = await channel.checkQueue('stock-queue');
  await system.startService('stock');

  await processed([...waiting, ...arriving]);
  t.diagnostic(`${messageCount} of ${waiting.length + arriving.length} were left when stock was killed`);
  assert.ok(messageCount > 0, 'no order was left when stock was killed');
});

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
  const begun = () => system.printed('checkout').filter((line) => line.includes('checkout started')).length;
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
    await eventually(async () => (await system.post()).status === 202, 'checkout finds the broker again');
  },
);

test(
  'the broker dies before it confirms: the response says that the order was not confirmed',
  { skip },
  async () => {
    const begun = () => system.printed('checkout').filter((line) => line.includes('checkout started')).length;
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
    const confirmed: string[] = [];
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
            confirmed.push(posted.traceId);
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
