/** Programs that do what a step teaches in a different way than the step itself. Their check must pass. */
import type { Observation } from '#workshop/check/observation';
import { freePort } from '#workshop/net/ports';
import type { Span } from '#workshop/trace/model';
import { headerOf, requests, runCall, setHeader, spansWhere } from './edits.ts';
import type { Mistake } from './support.ts';

/** `npm test` judges those with an `edit`, as in `Mistake`; `npm run test:rest` runs the others. */
export type RightProgram = Pick<Mistake, 'title' | 'step' | 'patch' | 'edit'>;

/** The port of the usual OTLP/HTTP address while these tests run. */
const otlpHttpPort = await freePort();
process.env.OTLP_URL = `http://localhost:${otlpHttpPort}`;

const grpcExporter = "import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';";
const otherExporter = (protocol: string): [string, string] => [
  grpcExporter,
  grpcExporter.replace('grpc', protocol),
];

const reversed = <T extends { name: string }>(spans: T[]) =>
  spans.filter(({ name }) => name === 'read review');

/** Removes the exceptions from the spans that recorded them, and returns these spans. */
function removeExceptions(seen: Observation): Span[] {
  const failed = spansWhere(seen, ({ events }) => events.some(({ name }) => name === 'exception'));
  for (const span of failed) span.events = [];
  return failed;
}

export const rightPrograms: RightProgram[] = [
  {
    title: 'the response has one more header, and its JSON other white space',
    step: 1,
    edit: (seen) => {
      for (const call of [runCall(seen), ...seen.calls.values()]) {
        call.response!.headers = [...call.response!.headers, ['x-powered-by', 'Fastify']];
        call.response!.body = JSON.stringify(JSON.parse(call.response!.body), null, 2);
      }
    },
  },
  {
    title: 'an exporter for OTLP/HTTP with Protobuf',
    step: 2,
    patch: { 'bands-api/tracing.ts': [otherExporter('proto')] },
  },
  {
    title:
      'an exporter for OTLP/HTTP with JSON and a fixed url, in a NodeTracerProvider with a simple processor',
    step: 2,
    patch: {
      'bands-api/tracing.ts': `import { register } from 'node:module';
        import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
        import { registerInstrumentations } from '@opentelemetry/instrumentation';
        import { FastifyInstrumentation } from '@opentelemetry/instrumentation-fastify';
        import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
        import { resourceFromAttributes } from '@opentelemetry/resources';
        import { SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
        import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
        register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
        const traceExporter = new OTLPTraceExporter({ url: 'http://localhost:${otlpHttpPort}/v1/traces' });
        const provider = new NodeTracerProvider({
          resource: resourceFromAttributes({ 'service.name': 'bands-api' }),
          spanProcessors: [new SimpleSpanProcessor(traceExporter)],
        });
        provider.register();
        registerInstrumentations({ instrumentations: [new HttpInstrumentation(), new FastifyInstrumentation()] });`,
    },
  },
  {
    title: 'the SDK chooses the exporter by itself',
    step: 2,
    patch: {
      'bands-api/tracing.ts': [
        [`${grpcExporter}\n`, ''],
        ['  traceExporter: new OTLPTraceExporter(),\n', ''],
      ],
    },
  },
  {
    title: 'the header has uppercase letters and one more flag',
    step: 3,
    edit: (seen) => {
      const call = runCall(seen);
      const value = headerOf(call, 'traceparent').replace(/01$/, '03');
      setHeader(call, 'traceparent');
      call.headers.push(['Traceparent', value]);
    },
  },
  {
    title: 'a CLIENT span of the instrumentation is between the two services',
    step: 4,
    edit: (seen) => {
      for (const { spans } of seen.traces) {
        const server = spans.find(({ service, kind }) => service === 'reviews-api' && kind === 'server');
        if (!server) continue;
        const scope = '@opentelemetry/instrumentation-undici';
        const client = {
          ...server,
          service: 'bands-api',
          kind: 'client' as const,
          spanId: 'c11e47c11e47c11e',
          scope,
        };
        server.parentId = client.spanId;
        spans.push(client);
      }
    },
  },
  {
    title: 'your span around the call is of kind CLIENT, and those of the reviews have children',
    step: 5,
    edit: (seen) => {
      for (const span of spansWhere(seen, ({ name }) => name === 'get reviews')) span.kind = 'client';
      for (const { spans } of seen.traces) {
        for (const [index, read] of reversed(spans).entries()) {
          spans.push({
            ...read,
            durationUs: 1_000,
            name: 'parse review',
            parentId: read.spanId,
            spanId: `${index}`.padStart(16, 'a'),
          });
        }
      }
    },
  },
  {
    title: 'the exception is in the attributes of the span',
    step: 5,
    edit: (seen) => {
      for (const span of removeExceptions(seen)) {
        span.attributes['exception.type'] = 'Error';
        span.attributes['exception.message'] = 'other side closed';
      }
    },
  },
  {
    title: 'the exception is in a line of the log, with the id of the span',
    step: 5,
    edit: (seen) => {
      const lines = seen.lines.get('bands-api')!;
      for (const { spanId } of removeExceptions(seen)) {
        lines.push(JSON.stringify({ level: 50, span_id: spanId, err: { type: 'Error', stack: 'Error' } }));
      }
    },
  },
  {
    title: 'the exception is in a log record, with the id of the span',
    step: 5,
    edit: (seen) => {
      for (const { service, traceId, spanId, startUs } of removeExceptions(seen)) {
        seen.logs.push({
          service,
          traceId,
          spanId,
          timeUs: startUs,
          severityNumber: 17,
          severityText: 'ERROR',
          body: '',
          eventName: 'exception',
          attributes: { 'exception.type': 'Error' },
          droppedAttributes: 0,
          scope: 'bands-api',
          scopeVersion: '',
          resource: {},
        });
      }
    },
  },
  {
    title: 'one call meets a busy moment of the machine',
    step: 6,
    edit: (seen) => {
      const { traceId } = spansWhere(seen, ({ name }) => name === 'read review')[0]!;
      for (const server of spansWhere(seen, (span) => span.kind === 'server' && span.traceId === traceId)) {
        server.startUs -= 3_000_000;
        server.durationUs += 3_000_000;
      }
    },
  },
  {
    title: 'the header has uppercase letters, and bands-api sets others too',
    step: 7,
    edit: (seen) => {
      for (const { response } of [runCall(seen), ...seen.calls.values()]) {
        if (!response) continue;
        response.headers = response.headers.map(([name, value]) => [
          name.replace('trace-id', 'Trace-Id'),
          value,
        ]);
        response.headers = [...response.headers, ['server-timing', 'total;dur=12']];
      }
    },
  },
  {
    title: 'the entry has another key, and each header has white space after its commas',
    step: 8,
    edit: (seen) => {
      for (const request of requests(seen, 'bands-api', 'reviews-api')) {
        const entries = headerOf(request, 'tracestate').replace('workshop=', 'bands@workshop=').split(',');
        const fits = entries.join().length <= 512 ? entries : entries.slice(0, -1);
        setHeader(request, 'tracestate', fits.join(', '));
      }
    },
  },
  {
    title: 'the lines have the flags too, and the ids come last',
    step: 9,
    edit: (seen) => {
      for (const [service, lines] of seen.lines) {
        const edited = lines.map((line) =>
          line.replace(
            /,"trace_id":"(\w+)","span_id":"(\w+)"(.*)\}$/,
            '$3,"span_id":"$2","trace_flags":"01","trace_id":"$1"}',
          ),
        );
        seen.lines.set(service, edited);
      }
    },
  },
  {
    title: 'the caller has another name and sends its request with node:http',
    step: 10,
    edit: (seen) => {
      for (const span of spansWhere(seen, ({ service }) => service === 'caller')) {
        Object.assign(span, { service: 'my-laptop', scope: '@opentelemetry/instrumentation-http' });
      }
    },
  },
  {
    title: 'the log records are sent one by one over OTLP/HTTP',
    step: 10,
    patch: {
      'reviews-api/tracing.ts': [
        ['exporter-logs-otlp-grpc', 'exporter-logs-otlp-http'],
        ['BatchLogRecordProcessor', 'SimpleLogRecordProcessor'],
      ],
    },
  },
  {
    title: 'a line of its own in your span, a line of the start, and ids written by hand too',
    step: 10,
    patch: {
      'reviews-api/app.ts': [
        [
          'const app = Fastify({ logger: true });',
          "const app = Fastify({ logger: { mixin: () => ({ trace_id: trace.getActiveSpan()?.spanContext().traceId }) } });\n  app.log.info('starting');",
        ],
        ['listReviews({ query })', 'listReviews({ query, log })'],
        [
          'return getReviews(query.band_id);',
          "return tracer.startActiveSpan('check', (span) => {\n      log.warn('many reviews');\n      span.end();\n      return getReviews(query.band_id);\n    });",
        ],
      ],
    },
  },
];
