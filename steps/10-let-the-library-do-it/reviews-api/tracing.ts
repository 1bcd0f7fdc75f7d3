// Loaded before the app (node --import ./tracing.ts), so that what the app imports can be traced.
import { register } from 'node:module';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { FastifyInstrumentation } from '@opentelemetry/instrumentation-fastify';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { BatchLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { NodeSDK } from '@opentelemetry/sdk-node';

// The loader hook lets an instrumentation wrap an ES module while it is being imported.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

const sdk = new NodeSDK({
  // The resource says who created a span; its most important attribute is service.name.
  serviceName: 'reviews-api',
  // The exporter sends finished spans over OTLP/gRPC to localhost:4317, or to OTEL_EXPORTER_OTLP_ENDPOINT.
  // The SDK puts a batch processor in front of it: spans wait for at most OTEL_BSP_SCHEDULE_DELAY ms.
  traceExporter: new OTLPTraceExporter(),
  // HttpInstrumentation creates SERVER spans and reads the caller's traceparent; FastifyInstrumentation adds the route.
  // PinoInstrumentation puts the ids of the active span on each log line, and turns the line into a log record too.
  instrumentations: [new HttpInstrumentation(), new FastifyInstrumentation(), new PinoInstrumentation()],
  // This service sends no metrics.
  metricReaders: [],
  // Log records are sent to the same address. They wait for at most a second.
  logRecordProcessors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter() })],
});

// Registers all of it, with a propagator (traceparent, tracestate, baggage) and a context manager, which
// remembers the active span across every await.
sdk.start();

// Before the process ends, send the spans that are still waiting, or say why they are lost.
const sendSpans = () => sdk.shutdown().catch(({ message }) => console.error(`Spans were lost: ${message}`));
process.once('beforeExit', sendSpans);
