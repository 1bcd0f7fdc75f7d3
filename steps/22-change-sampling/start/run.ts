import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BalancedPool } from 'undici';
import { type Call, run } from '#workshop/run';

const USERS = ['ada', 'alan', 'barbara', 'edsger', 'grace', 'hedy', 'jean', 'margaret', 'radia'];

// The caller is a service like the others: UndiciInstrumentation creates the root spans and writes the traceparent.
const sdk = new NodeSDK({
  serviceName: 'caller',
  traceExporter: new OTLPTraceExporter(),
  instrumentations: [new UndiciInstrumentation()],
  metricReaders: [],
  logRecordProcessors: [],
});
sdk.start();

/** Makes the calls that this chapter follows, spread over the instances, and returns the first response. */
async function askForFollowers({ instances }: Call) {
  const pool = new BalancedPool(instances['followers-api']!);
  const responses = [];
  for (const user of USERS) {
    const response = await pool.request({ method: 'GET', path: `/followers/${user}` });
    responses.push({
      status: response.statusCode,
      body: await response.body.text(),
      traceId: response.headers['trace-id'],
    });
  }
  await pool.close();
  return responses[0]!;
}

// What followers-api promises to its clients.
const promise = { available: 0.99, fast: { share: 0.95, withinSeconds: 0.3 } };

// Starts what isn't running yet, makes the calls, and shows a response, its trace, and whether the promise was kept.
await run(askForFollowers, import.meta.dirname, { name: 'followers', promise });
await sdk.shutdown(); // sends the spans that are still waiting
