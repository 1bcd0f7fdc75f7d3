import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { request } from 'undici';
import { type Call, run } from '#workshop/run';

const FUGAZI = '553be815-76f3-49db-b9d7-caca4b23cc3e';

// The caller is a service like the others: UndiciInstrumentation creates the root span and writes the traceparent.
const sdk = new NodeSDK({
  serviceName: 'caller',
  traceExporter: new OTLPTraceExporter(),
  instrumentations: [new UndiciInstrumentation()],
  metricReaders: [],
  logRecordProcessors: [],
});
sdk.start();

/** The call that this workshop follows: asks bands-api for one band. */
async function getBand({ urls, band = FUGAZI }: Call) {
  const tracestate = 'vendor=opaque-value'; // what another tracing system wants to find again
  const baggage = 'customer.plan=premium'; // what a service further down the line may want to know

  const headers = { tracestate, baggage };
  const response = await request(`${urls['bands-api']}/bands/${band}`, { headers });

  return {
    status: response.statusCode,
    body: await response.body.text(),
    traceId: response.headers['trace-id'],
  };
}

// Starts what isn't running yet, makes the call, and shows the response and its trace.
await run(getBand, import.meta.dirname);
await sdk.shutdown(); // sends the spans that are still waiting
