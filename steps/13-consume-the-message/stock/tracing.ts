// Loaded before the app (node --import ./tracing.ts), so that the first span finds all of it ready.
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { NodeSDK } from '@opentelemetry/sdk-node';

const sdk = new NodeSDK({
  serviceName: 'stock',
  traceExporter: new OTLPTraceExporter(),
  // No instrumentation: the app makes its span itself.
  metricReaders: [],
  logRecordProcessors: [],
});

sdk.start();

// When the app has closed and nothing is left to do: send the spans that still wait.
process.once('beforeExit', () => sdk.shutdown());
