// Loaded before the app (node --import ./tracing.ts), so that what the app imports can be traced.
import { register } from 'node:module';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { AmqplibInstrumentation } from '@opentelemetry/instrumentation-amqplib';
import { GrpcInstrumentation } from '@opentelemetry/instrumentation-grpc';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { describePublish } from '#shared/messages/conventions.ts';

// The loader hook lets an instrumentation wrap an ES module while it is being imported.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

// Amqplib gives its spans the old names, from before the conventions changed. The hook sets today's names.
const amqplib = new AmqplibInstrumentation({
  publishHook(span, message) {
    const { name, attributes } = describePublish(message);
    span.updateName(name).setAttributes(attributes);
  },
});

const sdk = new NodeSDK({
  serviceName: 'checkout',
  traceExporter: new OTLPTraceExporter(),
  // gRPC creates a SERVER span for each call, and continues the caller's trace.
  // Amqplib creates a PRODUCER span for each message, and writes the traceparent into its headers.
  instrumentations: [new GrpcInstrumentation(), amqplib],
  metricReaders: [],
  logRecordProcessors: [],
});

sdk.start();

// Before the process ends, send the spans that are still waiting, or say why they are lost.
const sendSpans = () => sdk.shutdown().catch(({ message }) => console.error(`Spans were lost: ${message}`));
process.once('beforeExit', sendSpans);
