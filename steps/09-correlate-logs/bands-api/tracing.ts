// Loaded before the app (node --import ./tracing.ts), so that what the app imports can be traced.
import { type IncomingMessage, ServerResponse } from 'node:http';
import { register } from 'node:module';
import { type Context, INVALID_SPAN_CONTEXT, type Span, type TextMapSetter, trace } from '@opentelemetry/api';
import * as core from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { FastifyInstrumentation } from '@opentelemetry/instrumentation-fastify';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';

// The loader hook lets an instrumentation wrap an ES module while it is being imported.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

/** Tells the caller the id of the trace in every response, so that a user can report it. */
function sendTraceId(span: Span, response: IncomingMessage | ServerResponse) {
  if (response instanceof ServerResponse) response.setHeader('trace-id', span.spanContext().traceId);
}

/** Puts our entry in front of the others; TraceState leaves out those for which there is no room. */
class OurTracestate extends core.W3CTraceContextPropagator {
  override inject(context: Context, carrier: unknown, setter: TextMapSetter) {
    const span = trace.getSpanContext(context) ?? INVALID_SPAN_CONTEXT;
    const others = span.traceState?.unset('workshop').serialize() ?? '';
    const traceState = new core.TraceState(`workshop=${span.spanId},${others}`);
    super.inject(trace.setSpanContext(context, { ...span, traceState }), carrier, setter);
  }
}

const propagators = [new OurTracestate(), new core.W3CBaggagePropagator()];
const sdk = new NodeSDK({
  // The resource says who created a span; its most important attribute is service.name.
  serviceName: 'bands-api',
  // The exporter sends finished spans over OTLP/gRPC to localhost:4317, or to OTEL_EXPORTER_OTLP_ENDPOINT.
  // The SDK puts a batch processor in front of it: spans wait for at most OTEL_BSP_SCHEDULE_DELAY ms.
  traceExporter: new OTLPTraceExporter(),
  // HttpInstrumentation creates SERVER spans and reads the caller's traceparent; FastifyInstrumentation adds the route.
  instrumentations: [new HttpInstrumentation({ responseHook: sendTraceId }), new FastifyInstrumentation()],
  textMapPropagator: new core.CompositePropagator({ propagators }),
  // Traces only: no metrics and no logs.
  metricReaders: [],
  logRecordProcessors: [],
});

// Registers all of it, with a propagator (traceparent, tracestate, baggage) and a context manager, which
// remembers the active span across every await.
sdk.start();

// Before the process ends, send the spans that are still waiting, or say why they are lost.
const sendSpans = () => sdk.shutdown().catch(({ message }) => console.error(`Spans were lost: ${message}`));
process.once('beforeExit', sendSpans);
