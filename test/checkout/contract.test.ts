import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import fc from 'fast-check';
import { projectFolder } from '#workshop/settings';
import { messageHeaders } from '#shared/messages/headers.ts';
import { brokerMissing, startBroker } from '../support/broker.ts';
import { eventually } from '../support/eventually.ts';
import { contexts, propagator, said } from './contexts.ts';
import { openChannel, pathTo, publish, startSystem } from './system.ts';

const skip = brokerMissing;
const broker = skip ? undefined! : await startBroker();
const system = skip ? undefined! : await startSystem(broker);

test(
  'one POST gets status 202 and makes one trace of five spans, named by the conventions',
  { skip },
  async () => {
    const { status, body, traceId } = await system.post();

    assert.equal(status, 202);
    assert.equal(body, '');
    const trace = await system.trace(traceId);
    assert.equal(trace.spans.length, 5);
    const last = trace.spans.find(({ kind }) => kind === 'consumer');
    assert.deepEqual(pathTo(last, trace), [
      'gateway server POST /api/checkout',
      'gateway client grpc.checkout.Checkout/DoCheckout',
      'checkout server grpc.checkout.Checkout/DoCheckout',
      'checkout producer publish exchange:checkout.processed',
      'stock consumer process exchange:checkout.processed:stock-queue',
    ]);
    assert.deepEqual(
      trace.spans.filter(({ error }) => error),
      [],
    );
  },
);

test('the spans of a message have the attributes of today’s messaging conventions', { skip }, async () => {
  const { spans } = await system.trace((await system.post()).traceId);
  const messaging = {
    'messaging.system.name': 'rabbitmq',
    'rabbitmq.destination.routing_key': 'checkout.processed',
    'server.address': '127.0.0.1',
    'server.port': broker.port,
  };

  for (const [kind, expected] of [
    [
      'producer',
      {
        'messaging.operation.name': 'publish',
        'messaging.operation.type': 'send',
        'messaging.destination.name': 'exchange:checkout.processed',
      },
    ],
    [
      'consumer',
      {
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': 'exchange:checkout.processed:stock-queue',
      },
    ],
  ] as const) {
    const { attributes } = spans.find((span) => span.kind === kind)!;
    for (const [name, value] of Object.entries({ ...messaging, ...expected })) {
      assert.equal(attributes[name], value, `${name} of the ${kind}`);
    }
  }
});

test('checkout adds an event to its span with the response as attributes', { skip }, async () => {
  const { spans } = await system.trace((await system.post()).traceId);
  const server = spans.find(({ service, kind }) => service === 'checkout' && kind === 'server')!;

  assert.deepEqual(
    server.events.map(({ name, attributes }) => ({ name, attributes })),
    [{ name: 'response', attributes: { totalAmount: 1234 } }],
  );
});

test('the gateway continues the trace of a traceparent that comes in', { skip }, async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const answer = await system.post({ traceparent: `00-${traceId}-b7ad6b7169203331-01` });

  assert.equal(answer.traceId, traceId);
  const trace = await system.trace(traceId);
  assert.equal(trace.spans.find(({ name }) => name === 'POST /api/checkout')!.parentId, 'b7ad6b7169203331');
});

test(
  'a caller that does not want to be sampled leaves no span behind the queue either',
  { skip },
  async () => {
    const traceId = '1af7651916cd43dd8448eb211c80319c';
    const before = (await system.consumed()).length;
    const unsampled = await system.post({ traceparent: `00-${traceId}-b7ad6b7169203331-00` });
    const sampled = await system.post();

    assert.equal(unsampled.status, 202);
    assert.equal(unsampled.traceId, traceId);
    await system.trace(sampled.traceId); // came after it through the same queue
    const since = (await system.consumed()).slice(before);
    assert.ok(since.every((span) => span.traceId !== traceId));
  },
);

for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
  test(
    `${method} /api/checkout gets status 405, with the allowed method and the trace id`,
    { skip },
    async () => {
      const answer = await fetch(`${system.gatewayUrl}/api/checkout?a=b`, { method });

      assert.equal(answer.status, 405);
      assert.equal(answer.headers.get('allow'), 'POST');
      assert.match(answer.headers.get('trace-id')!, /^[0-9a-f]{32}$/);
    },
  );
}

test('another path gets status 404', { skip }, async () => {
  assert.equal((await fetch(`${system.gatewayUrl}/api/checkouts`, { method: 'POST' })).status, 404);
});

test(
  'DoCheckout takes the numbers of items, publishes them persistently and gives 1234',
  { skip },
  async (t) => {
    const channel = await openChannel(t, broker);
    const { queue } = await channel.assertQueue('', { exclusive: true });
    await channel.bindQueue(queue, 'exchange', 'checkout.processed');
    const definition = loadSync(join(projectFolder, 'steps/shared/protos/checkout.proto'));
    const Checkout = grpc.makeClientConstructor(
      definition['checkout.Checkout'] as grpc.ServiceDefinition,
      '',
    );
    const client = new Checkout(system.checkoutAddress, grpc.credentials.createInsecure());
    t.after(() => client.close());

    const response = await new Promise((resolve, reject) =>
      client['DoCheckout']!({ itemsID: [7, -7, 2 ** 31 - 1] }, (error: Error | null, answer: unknown) =>
        error ? reject(error) : resolve(answer),
      ),
    );

    assert.deepEqual(response, { totalAmount: 1234 });
    const message = await channel.get(queue, { noAck: true });
    assert.ok(message);
    assert.deepEqual(JSON.parse(message.content.toString()), { items: [7, -7, 2 ** 31 - 1] });
    assert.equal(message.properties.deliveryMode, 2);
    assert.match(message.properties.headers!['traceparent'], /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  },
);

test('exchange and queue are declared as the contract says, to survive a restart', { skip }, async (t) => {
  const channel = await openChannel(t, broker);

  // Asking for them with other settings would be refused.
  await channel.assertExchange('exchange', 'direct', { durable: true });
  await channel.assertQueue('stock-queue', {
    durable: true,
    deadLetterExchange: '',
    deadLetterRoutingKey: 'stock-queue.dead-letters',
  });
  await channel.assertQueue('stock-queue.dead-letters', { durable: true });
});

test(
  'a checkout whose message no queue accepts gets status 500: it is never lost silently',
  { skip },
  async (t) => {
    const channel = await openChannel(t, broker);
    await channel.unbindQueue('stock-queue', 'exchange', 'checkout.processed');

    const lost = await system.post();
    await channel.bindQueue('stock-queue', 'exchange', 'checkout.processed');
    const taken = await system.post();

    assert.equal(lost.status, 500);
    assert.equal(
      JSON.parse(lost.body).message,
      'checkout failed: the order was not confirmed: no queue accepts checkout.processed',
    );
    const { spans } = await system.trace(lost.traceId, 4);
    const server = spans.find(({ service, kind }) => service === 'checkout' && kind === 'server')!;
    assert.equal(server.error, true);
    assert.deepEqual(server.events, []);
    // As the README of step 14 says: RabbitMQ confirmed it, so for the library it was sent.
    assert.equal(spans.find(({ kind }) => kind === 'producer')!.error, false);
    assert.equal(taken.status, 202);
  },
);

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** The span in which stock processed a message. */
function spanOf(messageId: string) {
  return eventually(
    async () =>
      (await system.consumed()).find(({ attributes }) => attributes['messaging.message.id'] === messageId),
    'its span arrives',
  );
}

const invalid: [string, Buffer, RegExp][] = [
  ['content that is not JSON', Buffer.from([0xff, 0x00, 0x7b]), /JSON/],
  ['no content', Buffer.alloc(0), /JSON/],
  ['an order of null', Buffer.from('null'), /not a list of whole numbers/],
  ['items that are not numbers', Buffer.from('{"items":["1"]}'), /not a list of whole numbers/],
];

for (const [what, content, reason] of invalid) {
  test(`${what}: a span with an error, a log line, a dead letter, and stock goes on`, { skip }, async (t) => {
    const channel = await openChannel(t, broker);
    await channel.purgeQueue('stock-queue.dead-letters');
    const messageId = `invalid: ${what}`;

    await publish(channel, { headers: { traceparent }, content, messageId });
    const next = await system.post();

    const span = await spanOf(messageId);
    assert.equal(span.error, true);
    assert.equal(span.traceId, traceparent.slice(3, 35));
    const line = system.printed('stock').find((one) => one.includes(span.spanId))!;
    assert.match(line, /order rejected/);
    assert.match(line, reason);

    const dead = await channel.get('stock-queue.dead-letters', { noAck: true });
    assert.ok(dead, 'there is no dead letter');
    assert.equal(dead.properties.messageId, messageId);
    assert.equal(dead.properties.headers!['x-death']![0]!.reason, 'rejected');
    assert.deepEqual(dead.content, content);
    assert.equal(await channel.get('stock-queue.dead-letters', { noAck: true }), false, 'no second one');

    assert.equal((await system.trace(next.traceId)).spans.length, 5);
  });
}

const unreadable: [string, Record<string, unknown>][] = [
  ['no headers', {}],
  [
    'headers of other programs that are not strings',
    { 'x-count': 5, 'x-list': [1, { a: 2 }], 'x-none': null },
  ],
  [
    'names of properties that every object has',
    { __proto__x: 1, constructor: 1, toString: 1, hasOwnProperty: 1 },
  ],
  ['a table called __proto__', JSON.parse('{"__proto__":{"polluted":1}}')],
  ['a traceparent that is a number', { traceparent: 42 }],
  ['a traceparent that is a table', { traceparent: { value: traceparent } }],
  ['a traceparent that is a list of numbers', { traceparent: [42] }],
  ['a traceparent that is bytes', { traceparent: Buffer.from(traceparent) }],
  ['a traceparent that is true', { traceparent: true }],
  ['an empty traceparent', { traceparent: '' }],
  ['a traceparent of words', { traceparent: 'not-a-trace' }],
  ['a traceparent with a line feed', { traceparent: `${traceparent}\n\n` }],
  ['a trace id of zeros', { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` }],
  ['version ff', { traceparent: `ff${traceparent.slice(2)}` }],
  ['a very long traceparent', { traceparent: traceparent.repeat(900) }],
  ['baggage that is a table', { baggage: { a: 'b' } }],
];
const readable: [string, Record<string, unknown>][] = [
  ['a tracestate that is a number', { traceparent, tracestate: 1 }],
  ['a tracestate that cannot be read', { traceparent, tracestate: ',,=,\t🙃' }],
  ['baggage that is a number', { traceparent, baggage: 1 }],
  ['a traceparent of a future version', { traceparent: `01${traceparent.slice(2)}-more` }],
];

for (const [what, headers] of [...unreadable, ...readable]) {
  const continues = readable.some(([name]) => name === what);
  test(
    `${what}: processed, in ${continues ? 'the trace of its headers' : 'a new trace'}`,
    { skip },
    async (t) => {
      const channel = await openChannel(t, broker);
      await channel.purgeQueue('stock-queue.dead-letters');
      const messageId = `valid order: ${what}`;

      await publish(channel, { headers, messageId });

      const span = await spanOf(messageId);
      assert.equal(span.error, false, JSON.stringify(span.events));
      assert.equal(span.traceId === traceparent.slice(3, 35), continues);
      assert.equal(span.parentId !== undefined, continues);
      assert.equal((await channel.checkQueue('stock-queue.dead-letters')).messageCount, 0);
    },
  );
}

test('a context survives the way through RabbitMQ', { skip }, async (t) => {
  const channel = await openChannel(t, broker);
  const { queue } = await channel.assertQueue('', { exclusive: true });

  await fc.assert(
    fc.asyncProperty(contexts, async (context) => {
      const headers = {};
      propagator.inject(context, headers, messageHeaders);
      channel.sendToQueue(queue, Buffer.alloc(0), { headers });
      await channel.waitForConfirms();
      const message = await channel.get(queue, { noAck: true });
      assert.ok(message);
      const extracted = propagator.extract(ROOT_CONTEXT, message.properties.headers!, messageHeaders);
      assert.deepEqual(said(extracted), said(context));
    }),
  );
});

/** The calls between services so far, as in { 'gateway → checkout': 3 }. */
async function callCounts(): Promise<Record<string, number>> {
  const url = `${system.backend.queryUrl}/api/dependencies?endTs=${Date.now() + 1_000}&lookback=3600000`;
  const { data } = (await (await fetch(url)).json()) as {
    data: { parent: string; child: string; callCount: number }[];
  };
  return Object.fromEntries(data.map(({ parent, child, callCount }) => [`${parent} → ${child}`, callCount]));
}

test('the dependencies are gateway → checkout → stock, with the number of calls', { skip }, async () => {
  const before = await callCounts();
  for (let call = 0; call < 3; call++) await system.trace((await system.post()).traceId);

  assert.deepEqual(await callCounts(), {
    'gateway → checkout': before['gateway → checkout']! + 3,
    'checkout → stock': before['checkout → stock']! + 3,
  });
});

test(
  'one write of the stock has many causes: a root span with a link to each of them',
  { skip },
  async () => {
    const posted = await Promise.all([system.post(), system.post(), system.post()]);
    const causes = await Promise.all(
      posted.map(async ({ traceId }) =>
        (await system.trace(traceId)).spans.find(({ kind }) => kind === 'consumer')!,
      ),
    );

    const writes = await eventually(async () => {
      const answer = await fetch(
        `${system.backend.queryUrl}/api/traces?service=stock&operation=write+stock&limit=1000`,
      );
      const { data } = (await answer.json()) as {
        data: { spans: { operationName: string; references: { refType: string; spanID: string }[] }[] }[];
      };
      const spans = data.flatMap((trace) => trace.spans);
      const linked = new Set(spans.flatMap(({ references }) => references.map(({ spanID }) => spanID)));
      return causes.every(({ spanId }) => linked.has(spanId)) ? spans : undefined;
    }, 'all three are written');

    for (const { references } of writes) {
      assert.ok(
        references.every(({ refType }) => refType === 'FOLLOWS_FROM'),
        'a write has no parent',
      );
    }
  },
);
