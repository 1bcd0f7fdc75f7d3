import assert from 'node:assert/strict';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import * as grpc from '@grpc/grpc-js';
import { SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Channel, ConsumeMessage } from 'amqplib';
import { checkoutService } from '#shared/protos/services.ts';
import { stepNumber } from '../check/support.ts';

type BuildServer = (publisher: { publish: () => Promise<void> }) => grpc.Server;
type Handle = (channel: Channel, message: ConsumeMessage) => Promise<void>;

// Conditionally required for failed operations: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
const exporter = new InMemorySpanExporter();
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();

const load = (step: number, file: string): Promise<unknown> =>
  import(pathToFileURL(join(stepNumber(step).folder, file)).href);

for (const step of [12, 13]) {
  test(`step ${step}: the span of a message that checkout cannot publish has an error.type`, async (t) => {
    exporter.reset();
    const { buildServer } = (await load(step, 'checkout/app.ts')) as { buildServer: BuildServer };
    const server = buildServer({ publish: () => Promise.reject(new TypeError('not connected')) });
    t.after(() => server.forceShutdown());
    const port = await promisify<string, grpc.ServerCredentials, number>(server.bindAsync).call(
      server,
      'localhost:0',
      grpc.ServerCredentials.createInsecure(),
    );
    const Checkout = grpc.makeClientConstructor(checkoutService, 'Checkout');
    const client = new Checkout(`localhost:${port}`, grpc.credentials.createInsecure());
    t.after(() => client.close());

    await assert.rejects(promisify(client['DoCheckout']!).call(client, { itemsID: [1] }), /not connected/);

    assertFailed('TypeError');
  });
}

test('step 13: the span of an order that stock cannot read has an error.type', async () => {
  exporter.reset();
  const { handle } = (await load(13, 'stock/app.ts')) as { handle: Handle };
  const channel = { nack() {} } as unknown as Channel;
  const message = {
    content: Buffer.from('hello'),
    fields: { exchange: 'exchange', routingKey: 'checkout.processed' },
    properties: { headers: {} },
  } as ConsumeMessage;

  await handle(channel, message);

  assertFailed('SyntaxError');
});

function assertFailed(errorType: string): void {
  const [span] = exporter.getFinishedSpans();
  assert.equal(span!.status.code, SpanStatusCode.ERROR);
  assert.equal(span!.attributes['error.type'], errorType);
}
