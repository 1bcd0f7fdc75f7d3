// Loaded before the app (node --import ./tracing.ts), so that what the app imports can be traced.
import { register } from 'node:module';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { AmqplibInstrumentation } from '@opentelemetry/instrumentation-amqplib';
import { GrpcInstrumentation } from '@opentelemetry/instrumentation-grpc';
import { NodeSDK } from '@opentelemetry/sdk-node';

// The loader hook: lets an instrumentation wrap an ES module at the moment it is imported.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

// Amqplib names its spans as the conventions did years ago; the hook gives them today's names.
const amqplib = new AmqplibInstrumentation({
  publishHook(span, { exchange, routingKey }) {
    span.updateName(`publish ${exchange}:${routingKey}`);
    span.setAttributes({
      'messaging.operation.name': 'publish',
      'messaging.operation.type': 'send',
      'messaging.destination.name': `${exchange}:${routingKey}`,
      'messaging.rabbitmq.destination.routing_key': routingKey,
    });
  },
});

const sdk = new NodeSDK({
  serviceName: 'checkout',
  traceExporter: new OTLPTraceExporter(),
  // gRPC makes a SERVER span for each call, and continues the caller's trace.
  // Amqplib makes a PRODUCER span for each message, and writes the traceparent into its headers.
  instrumentations: [new GrpcInstrumentation(), amqplib],
  metricReaders: [],
  logRecordProcessors: [],
});

sdk.start();

// When the app has closed and nothing is left to do: send the spans that still wait.
process.once('beforeExit', () => sdk.shutdown());
