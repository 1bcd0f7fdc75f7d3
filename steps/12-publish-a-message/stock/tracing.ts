// Loaded before the app (node --import ./tracing.ts), so that everything is set up when the first span starts.
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { NodeSDK } from '@opentelemetry/sdk-node';

const sdk = new NodeSDK({
  serviceName: 'stock',
  traceExporter: new OTLPTraceExporter(),
  // No instrumentation: only the app itself can create spans.
  metricReaders: [],
  logRecordProcessors: [],
});

sdk.start();

// Before the process ends, send the spans that are still waiting, or say why they are lost.
const sendSpans = () => sdk.shutdown().catch(({ message }) => console.error(`Spans were lost: ${message}`));
process.once('beforeExit', sendSpans);
