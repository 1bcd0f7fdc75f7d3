// Loaded before the app (node --import ./tracing.ts), so that what the app imports can be traced.
import { type IncomingMessage, ServerResponse } from 'node:http';
import { register } from 'node:module';
import { type Context, createTraceState, type Span, type TextMapSetter, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { FastifyInstrumentation } from '@opentelemetry/instrumentation-fastify';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK } from '@opentelemetry/sdk-node';

// The loader hook: lets an instrumentation wrap an ES module at the moment it is imported.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

/** Tells the caller the id of the trace, whatever the answer will be, so that a user can report it. */
function sendTraceId(span: Span, response: IncomingMessage | ServerResponse) {
  if (response instanceof ServerResponse) response.setHeader('trace-id', span.spanContext().traceId);
}

/** Puts an entry of our own before those of the others, and leaves out the last ones where there is no room. */
class OurTracestate extends W3CTraceContextPropagator {
  override inject(context: Context, carrier: unknown, setter: TextMapSetter) {
    const span = trace.getSpanContext(context);
    if (!span) return;

    const others = span.traceState?.unset('workshop').serialize();
    const entries = [`workshop=${span.spanId}`, ...(others ? others.split(',') : [])].slice(0, 32);
    while (entries.join().length > 512) entries.pop();

    const traceState = createTraceState(entries.join());
    super.inject(trace.setSpanContext(context, { ...span, traceState }), carrier, setter);
  }
}

const sdk = new NodeSDK({
  // The resource says who made a span; its most important attribute is service.name.
  serviceName: 'bands-api',
  // The exporter sends finished spans over OTLP/gRPC to localhost:4317, or to OTEL_EXPORTER_OTLP_ENDPOINT.
  // The SDK puts a batch processor before it: spans wait, at most OTEL_BSP_SCHEDULE_DELAY ms, and leave together.
  traceExporter: new OTLPTraceExporter(),
  // HTTP makes a SERVER span for each request and reads the caller's traceparent; Fastify adds the route's name.
  // Undici makes a CLIENT span for each request that we send, and writes the traceparent into its headers.
  instrumentations: [
    new HttpInstrumentation({ responseHook: sendTraceId }),
    new FastifyInstrumentation(),
    new UndiciInstrumentation(),
  ],
  // The propagator reads traceparent and tracestate from a request's headers and writes them into the next one's.
  textMapPropagator: new OurTracestate(),
  // Traces only: this workshop sends no metrics and no logs.
  metricReaders: [],
  logRecordProcessors: [],
});

// Registers all of it, with a context manager, which remembers the active span across every await.
sdk.start();

// Before the process ends: send the spans that still wait, or say why they are lost.
const sendSpans = () => sdk.shutdown().catch(({ message }) => console.error(`Spans were lost: ${message}`));
process.once('beforeExit', sendSpans);
