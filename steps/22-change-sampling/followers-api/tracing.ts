// Loaded before the app (node --import ./tracing.ts), so that what the app imports can be traced.
import { type IncomingMessage, ServerResponse } from 'node:http';
import { register } from 'node:module';
import type { Span } from '@opentelemetry/api';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { BatchLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor, createAlwaysRecordSampler, ParentBasedSampler } from '@opentelemetry/sdk-trace';
import { measureSampling, RequestCounter } from './metrics.ts';
import { RemoteSampler } from './remote-sampler.ts';

// The loader hook lets an instrumentation wrap an ES module while it is being imported.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

/** Tells the caller the id of the trace in every response, so that a user can report it. */
function sendTraceId(span: Span, response: IncomingMessage | ServerResponse) {
  if (response instanceof ServerResponse) response.setHeader('trace-id', span.spanContext().traceId);
}

/** Prometheus asks every second, so without this filter, most traces would be of scrapes. */
const isProbe = ({ url }: IncomingMessage) => url === '/metrics' || url === '/health';

// How many of the traces that begin here to sample: ask now, before the first request arrives, and half a second after
// each response, so that no response comes after a newer one.
const root = new RemoteSampler('followers-api');
async function ask() {
  await root.ask(process.env.SAMPLING_URL ?? 'http://localhost:5778');
  setTimeout(ask, 500).unref();
}
await ask();
measureSampling(root);

const exporter = new OTLPTraceExporter();
// Only the processor that the SDK creates for traceExporter reads the variable on its own.
const scheduledDelayMillis = Number(process.env.OTEL_BSP_SCHEDULE_DELAY || 5_000);

const sdk = new NodeSDK({
  // OTEL_RESOURCE_ATTRIBUTES, in service.json, says which instance this is.
  serviceName: 'followers-api',
  // Spans that are not sampled are recorded too, so that RequestCounter sees every request. They still aren't exported.
  sampler: createAlwaysRecordSampler(new ParentBasedSampler({ root })),
  spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis }), new RequestCounter()],
  instrumentations: [
    // HttpInstrumentation creates a SERVER span for each request, and continues the caller's trace.
    new HttpInstrumentation({ responseHook: sendTraceId, ignoreIncomingRequestHook: isProbe }),
    // UndiciInstrumentation creates a CLIENT span for each request to social-api, and sends the traceparent.
    new UndiciInstrumentation(),
    // PgInstrumentation creates a CLIENT span for each query that belongs to a request.
    new PgInstrumentation({ requireParentSpan: true }),
    // PinoInstrumentation puts the ids of the active span on each log line, and turns the line into a log record too.
    new PinoInstrumentation(),
  ],
  metricReaders: [],
  logRecordProcessors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter() })],
});

sdk.start();

// Before the process ends, send the spans that are still waiting, or say why they are lost.
const sendSpans = () => sdk.shutdown().catch(({ message }) => console.error(`Spans were lost: ${message}`));
process.once('beforeExit', sendSpans);
