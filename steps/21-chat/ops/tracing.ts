// Loaded before the app (node --import ./tracing.ts), so that what the app imports can be traced.
import { register } from 'node:module';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { GrpcInstrumentation } from '@opentelemetry/instrumentation-grpc';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { BatchLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { NodeSDK } from '@opentelemetry/sdk-node';

// The loader hook lets an instrumentation wrap an ES module while it is being imported.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

const sdk = new NodeSDK({
  serviceName: 'ops',
  traceExporter: new OTLPTraceExporter(),
  // A question must not become part of the trace that it is about, so ops neither continues a trace nor passes its own on.
  textMapPropagator: null,
  // GrpcInstrumentation creates a SERVER span for each question, but not for health checks.
  // UndiciInstrumentation creates a CLIENT span for each request to the trace backend or Prometheus.
  // PinoInstrumentation puts the ids of the active span on each log line, and turns the line into a log record too.
  instrumentations: [
    new GrpcInstrumentation({ ignoreGrpcMethods: ['Check'] }),
    new UndiciInstrumentation(),
    new PinoInstrumentation(),
  ],
  metricReaders: [],
  logRecordProcessors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter() })],
});

sdk.start();

// Before the process ends, send the spans that are still waiting, or say why they are lost.
const sendSpans = () => sdk.shutdown().catch(({ message }) => console.error(`Spans were lost: ${message}`));
process.once('beforeExit', sendSpans);
