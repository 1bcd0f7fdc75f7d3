// Loaded before the app (node --import ./tracing.ts), so that what the app imports can be traced.
import { type IncomingMessage, ServerResponse } from 'node:http';
import { register } from 'node:module';
import type { Span } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { FastifyInstrumentation } from '@opentelemetry/instrumentation-fastify';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { findEndpoint } from './endpoint.ts';

// The loader hook lets an instrumentation wrap an ES module while it is being imported.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

/** Tells the caller the id of the trace in every response, so that a user can report it. */
function sendTraceId(span: Span, response: IncomingMessage | ServerResponse) {
  if (response instanceof ServerResponse) response.setHeader('trace-id', span.spanContext().traceId);
}

// Without an endpoint, the service works as usual.
const endpoint = await findEndpoint('bands-api');
if (!endpoint) console.error('No spans are sent, because no provider has published an endpoint.');

const sdk = new NodeSDK({
  // The resource says who created a span; its most important attribute is service.name.
  serviceName: 'bands-api',
  // In the data of a relation, the URL of a gRPC receiver has no scheme. Without one, the exporter uses TLS.
  ...(endpoint
    ? { traceExporter: new OTLPTraceExporter({ url: `http://${endpoint}` }) }
    : { spanProcessors: [] }),
  // HttpInstrumentation creates SERVER spans and reads the caller's traceparent; FastifyInstrumentation adds the route.
  // UndiciInstrumentation creates a CLIENT span for each request that we send, and writes the traceparent into its headers.
  // PinoInstrumentation puts the ids of the active span on each log line.
  instrumentations: [
    new HttpInstrumentation({ responseHook: sendTraceId }),
    new FastifyInstrumentation(),
    new UndiciInstrumentation(),
    new PinoInstrumentation(),
  ],
  // This service sends no metrics and no log records.
  metricReaders: [],
  logRecordProcessors: [],
});

// Registers all of it, with a propagator (traceparent, tracestate, baggage) and a context manager, which
// remembers the active span across every await.
sdk.start();

// Before the process ends, send the spans that are still waiting, or say why they are lost.
const sendSpans = () => sdk.shutdown().catch(({ message }) => console.error(`Spans were lost: ${message}`));
process.once('beforeExit', sendSpans);
