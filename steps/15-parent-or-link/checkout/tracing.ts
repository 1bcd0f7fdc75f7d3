// Loaded before the app (node --import ./tracing.ts), so that what the app imports can be traced.
import { register } from 'node:module';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { AmqplibInstrumentation } from '@opentelemetry/instrumentation-amqplib';
import { GrpcInstrumentation } from '@opentelemetry/instrumentation-grpc';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { BatchLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { describePublish } from '#shared/messages/conventions.ts';

// The loader hook lets an instrumentation wrap an ES module while it is being imported.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

// AmqplibInstrumentation gives its spans the old names, from before the conventions changed. The hook sets the current names.
const amqplib = new AmqplibInstrumentation({
  publishHook(span, message) {
    const { name, attributes } = describePublish(message);
    span.updateName(name).setAttributes(attributes);
  },
});

const sdk = new NodeSDK({
  serviceName: 'checkout',
  traceExporter: new OTLPTraceExporter(),
  // GrpcInstrumentation creates a SERVER span for each call, and continues the caller's trace.
  // AmqplibInstrumentation creates a PRODUCER span for each message, and writes the traceparent into its headers.
  // PinoInstrumentation puts the ids of the active span on each log line, and turns the line into a log record too.
  instrumentations: [new GrpcInstrumentation(), new PinoInstrumentation(), amqplib],
  metricReaders: [],
  logRecordProcessors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter() })],
});

sdk.start();

// Before the process ends, send the spans that are still waiting, or say why they are lost.
const sendSpans = () => sdk.shutdown().catch(({ message }) => console.error(`Spans were lost: ${message}`));
process.once('beforeExit', sendSpans);
