/** The services' tracing.ts in parts: PARTS lists those that are switched on, to measure the cost of each. */
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { FastifyInstrumentation } from '@opentelemetry/instrumentation-fastify';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { BatchLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { NodeSDK, tracing } from '@opentelemetry/sdk-node';

const parts = new Set(process.env.PARTS?.split('+'));

if (parts.has('hook'))
  register('@opentelemetry/instrumentation/hook.mjs', pathToFileURL(import.meta.filename));

const sdk = new NodeSDK({
  serviceName: process.env.SERVICE_NAME!,
  ...(parts.has('export')
    ? { traceExporter: new OTLPTraceExporter() }
    : { spanProcessors: [new tracing.NoopSpanProcessor()] }),
  instrumentations: [
    ...(parts.has('http') ? [new HttpInstrumentation()] : []),
    ...(parts.has('fastify') ? [new FastifyInstrumentation()] : []),
    ...(parts.has('undici') ? [new UndiciInstrumentation()] : []),
    ...(parts.has('logs') ? [new PinoInstrumentation()] : []),
  ],
  metricReaders: [],
  logRecordProcessors: parts.has('logs')
    ? [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter() })]
    : [],
});
sdk.start();
process.once('beforeExit', () => sdk.shutdown());
