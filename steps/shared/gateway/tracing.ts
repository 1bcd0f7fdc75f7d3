// Loaded before the app (node --import ./tracing.ts), so that what the app imports can be traced.
import { type IncomingMessage, ServerResponse } from 'node:http';
import { register } from 'node:module';
import type { Span } from '@opentelemetry/api';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { GrpcInstrumentation } from '@opentelemetry/instrumentation-grpc';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { BatchLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { NodeSDK } from '@opentelemetry/sdk-node';

// The loader hook lets an instrumentation wrap an ES module while it is being imported.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

/** Tells the caller the id of the trace in every response, so that a user can report it. */
function sendTraceId(span: Span, response: IncomingMessage | ServerResponse) {
  if (response instanceof ServerResponse) response.setHeader('trace-id', span.spanContext().traceId);
}

const sdk = new NodeSDK({
  serviceName: 'gateway',
  traceExporter: new OTLPTraceExporter(),
  // HttpInstrumentation creates a SERVER span for each request, and continues the caller's trace.
  // GrpcInstrumentation creates a CLIENT span for each call that we make, and writes the traceparent into its metadata.
  // PinoInstrumentation puts the ids of the active span on each log line, and turns the line into a log record too.
  instrumentations: [
    new HttpInstrumentation({ responseHook: sendTraceId }),
    new GrpcInstrumentation(),
    new PinoInstrumentation(),
  ],
  metricReaders: [],
  logRecordProcessors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter() })],
});

sdk.start();

// Before the process ends, send the spans that are still waiting, or say why they are lost.
const sendSpans = () => sdk.shutdown().catch(({ message }) => console.error(`Spans were lost: ${message}`));
process.once('beforeExit', sendSpans);
