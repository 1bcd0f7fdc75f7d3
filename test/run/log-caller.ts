/** A run.ts without services: its call is a span in which it logs a line over OTLP. */
import { context, trace } from '@opentelemetry/api';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { logs, resources, tracing } from '@opentelemetry/sdk-node';
import { run } from '#workshop/run';

const resource = resources.resourceFromAttributes({ 'service.name': 'caller' });

await run(async () => {
  const tracers = new tracing.BasicTracerProvider({
    resource,
    spanProcessors: [new tracing.SimpleSpanProcessor(new OTLPTraceExporter())],
  });
  const loggers = new logs.LoggerProvider({
    resource,
    processors: [new logs.SimpleLogRecordProcessor({ exporter: new OTLPLogExporter() })],
  });
  const span = tracers.getTracer('test').startSpan('the call');
  loggers.getLogger('test').emit({
    severityNumber: 13,
    body: 'the cache is cold',
    attributes: { key: 'band' },
    context: trace.setSpan(context.active(), span),
  });
  span.end();
  await loggers.shutdown();
  await tracers.shutdown();
  return { status: 200, body: '{}', traceId: span.spanContext().traceId };
}, process.argv.pop()!);
