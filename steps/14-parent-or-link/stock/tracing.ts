// Loaded before the app (node --import ./tracing.ts), so that what the app imports can be traced.
import { register } from 'node:module';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { AmqplibInstrumentation } from '@opentelemetry/instrumentation-amqplib';
import { NodeSDK } from '@opentelemetry/sdk-node';

// The loader hook: lets an instrumentation wrap an ES module at the moment it is imported.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

// Amqplib names its spans as the conventions did years ago; the hook gives them today's names.
const amqplib = new AmqplibInstrumentation({
  consumeHook(span, { msg }) {
    const { exchange, routingKey } = msg.fields;
    span.updateName(`process ${exchange}:${routingKey}:stock-queue`);
    span.setAttributes({
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': `${exchange}:${routingKey}:stock-queue`,
      'messaging.rabbitmq.destination.routing_key': routingKey,
      'messaging.message.id': msg.properties.messageId,
    });
  },
});

const sdk = new NodeSDK({
  serviceName: 'stock',
  traceExporter: new OTLPTraceExporter(),
  // Amqplib makes a CONSUMER span for each message, from its delivery to its ack, and continues the publisher's trace.
  instrumentations: [amqplib],
  metricReaders: [],
  logRecordProcessors: [],
});

sdk.start();

// When the app has closed and nothing is left to do: send the spans that still wait.
process.once('beforeExit', () => sdk.shutdown());
