/** The exporter of step 24 between two receivers of OTLP that respond only when the test lets them. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as grpc from '@grpc/grpc-js';
import { ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { FileStore, relate } from '#shared/tracing-endpoints/index.ts';
import { traceSignal } from '#workshop/backend/otlp/messages';
import { temporaryFolder } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';

process.env.WORKSHOP_STATE = await temporaryFolder({ after }); // before the exporter is imported
const { EndpointExporter } = await import('../../steps/24-the-endpoint-moves/bands-api/endpoint.ts');

type Respond = (error?: Partial<grpc.StatusObject>) => void;

/** Receives exports on a free port, and keeps each waiting. */
async function receiver(t: TestContext) {
  const server = new grpc.Server();
  const waiting: Respond[] = [];
  const plain = (bytes: Buffer) => bytes;
  const path = `/${traceSignal.grpcService}/Export`;
  server.addService(
    {
      Export: {
        path,
        requestStream: false,
        responseStream: false,
        requestSerialize: plain,
        requestDeserialize: plain,
        responseSerialize: plain,
        responseDeserialize: plain,
      },
    },
    {
      Export: (_call: unknown, respond: grpc.sendUnaryData<Buffer>) =>
        waiting.push((error) => (error ? respond(error) : respond(null, Buffer.alloc(0)))),
    },
  );
  const port = await promisify(server.bindAsync).call(
    server,
    'localhost:0',
    grpc.ServerCredentials.createInsecure(),
  );
  t.after(() => server.forceShutdown());
  const next = async () => {
    await eventually(() => waiting.length > 0, 'an export has arrived');
    return waiting.shift()!;
  };
  return { address: `localhost:${port}`, next };
}

test('forceFlush and shutdown wait for exports in flight, even at a place that the exporter has left', async (t) => {
  const [first, second] = [await receiver(t), await receiver(t)];
  const store = new FileStore(join(process.env.WORKSHOP_STATE!, 'relations'));
  const id = relate(store, 'trace-endpoint', 'bands-api');
  const publish = (url: string) =>
    store.write(id, 'provider', {
      receivers: JSON.stringify([{ protocol: { name: 'otlp_grpc', type: 'grpc' }, url }]),
    });
  const said: string[] = [];
  t.mock.method(console, 'error', (line: string) => said.push(line));
  const moved = async ({ address }: { address: string }) => {
    publish(address);
    await eventually(() => said.at(-1) === `Spans go to ${address}.`, 'the exporter has followed');
  };

  const exporter = new EndpointExporter('bands-api');
  await moved(first);
  const span = new NodeTracerProvider().getTracer('test').startSpan('GET') as unknown as ReadableSpan;
  const events: string[] = [];
  const send = (name: string) =>
    exporter.export([span], ({ code }) => void events.push(`${name}: ${ExportResultCode[code]}`));

  send('resent');
  const fail = await first.next();
  await moved(second);
  const flushed = exporter.forceFlush().then(() => events.push('flushed'));
  await nextTurn();
  fail({ code: grpc.status.INVALID_ARGUMENT, details: 'not here' });
  (await second.next())();
  await flushed;
  assert.deepEqual(events.splice(0), ['resent: SUCCESS', 'flushed']);

  send('left');
  const respond = await second.next();
  await moved(first);
  const shutDown = exporter.shutdown().then(() => events.push('shut down'));
  await nextTurn();
  respond();
  await shutDown;
  assert.deepEqual(events, ['left: SUCCESS', 'shut down']);
});
