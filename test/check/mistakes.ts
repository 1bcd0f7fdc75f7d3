/** Wrong programs for chapter 1. Each expectation has at least one, and each step at least one that `npm test` runs: see `edit`. */
import { type Observation, traceIdOf } from '#workshop/check/observation';
import type { Span } from '#workshop/trace/model';
import {
  breakOff,
  editReviews,
  headerOf,
  removeSpans,
  renameService,
  requests,
  runCall,
  setHeader,
  spansWhere,
} from './edits.ts';
import type { Mistake } from './support.ts';

type Review = { uuid: string };

const isServer =
  (name: string) =>
  ({ service, kind }: Span) =>
    service === name && kind === 'server';

/** What is seen where bands-api sends no context to reviews-api. */
function withoutContext(seen: Observation): void {
  for (const request of requests(seen, 'bands-api', 'reviews-api')) setHeader(request, 'traceparent');
  breakOff(seen, 'reviews-api');
}

const hook = "register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);\n";
const hookImport = "import { register } from 'node:module';\n";

export const mistakes: Mistake[] = [
  // Step 02: tracing.ts
  {
    title: 'the loader hook is missing',
    step: 2,
    patch: {
      'bands-api/tracing.ts': [
        [hook, ''],
        [hookImport, ''],
      ],
    },
    edit: (seen) => {
      removeSpans(seen, ({ scope }) => scope.includes('fastify'));
      for (const { attributes } of spansWhere(seen, () => true)) delete attributes['http.route'];
    },
    expect: /Fastify is instrumented too/,
    cause: /loader hook is missing/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'tracing is set up in another file, which main.ts imports after the app',
    step: 2,
    patch: {
      'bands-api/tracing.ts': null,
      'bands-api/instrumentation.ts': `import { register } from 'node:module';
        import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
        import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
        import { NodeSDK } from '@opentelemetry/sdk-node';
        ${hook}
        new NodeSDK({ serviceName: 'bands-api', traceExporter: new OTLPTraceExporter(), instrumentations: [new HttpInstrumentation()] }).start();`,
      'bands-api/main.ts': [
        [
          "import { buildApp } from './app.ts';",
          "import { buildApp } from './app.ts';\nimport './instrumentation.ts';",
        ],
      ],
    },
    edit: (seen) => {
      removeSpans(seen, ({ service }) => service === 'bands-api');
      seen.sources.delete('bands-api/tracing.ts');
    },
    expect: /a span of kind SERVER/,
    cause: /has no tracing\.ts.*is set up too late/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'the SDK is never started',
    step: 2,
    patch: { 'bands-api/tracing.ts': [['sdk.start();', '']] },
    edit: (seen) => removeSpans(seen, ({ service }) => service === 'bands-api'),
    expect: /a span of kind SERVER/,
    cause: /Does it call sdk\.start\(\)/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'HttpInstrumentation is not in the list',
    step: 2,
    patch: { 'bands-api/tracing.ts': [['new HttpInstrumentation(), ', '']] },
    edit: (seen) => removeSpans(seen, ({ kind }) => kind === 'server'),
    expect: /a span of kind SERVER/,
    cause: /HttpInstrumentation is missing/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'the exporter sends to a port on which no process listens',
    step: 2,
    patch: {
      'bands-api/tracing.ts': [
        ['new OTLPTraceExporter()', "new OTLPTraceExporter({ url: 'http://localhost:1' })"],
      ],
    },
    expect: /a span of kind SERVER/,
    cause: /could not be sent.*wrong address or port/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'the service has no name',
    step: 2,
    patch: { 'bands-api/tracing.ts': [["serviceName: 'bands-api',", '']] },
    edit: (seen) => renameService(seen, 'bands-api', 'unknown_service:node'),
    expect: /a span of kind SERVER/,
    cause: /under the name unknown_service.*does not set serviceName: 'bands-api'/,
    file: 'bands-api/tracing.ts',
  },

  // Step 03: the traceparent by hand
  {
    title: 'the header is misspelt',
    step: 3,
    patch: { 'run.ts': [['{ traceparent: ', "{ 'trace-parent': "]] },
    edit: (seen) => {
      const call = runCall(seen);
      setHeader(call, 'trace-parent', headerOf(call, 'traceparent'));
      setHeader(call, 'traceparent');
    },
    expect: /sends a valid traceparent/,
    cause: /misspelt: its name is traceparent.*"trace-parent" is ignored/,
    file: 'run.ts',
  },
  {
    title: 'the trace id is too short',
    step: 3,
    patch: { 'run.ts': [['randomBytes(16)', 'randomBytes(8)']] },
    edit: (seen) => {
      const call = runCall(seen);
      setHeader(call, 'traceparent', headerOf(call, 'traceparent').replace(/(?<=^00-)[\da-f]{16}/, ''));
    },
    expect: /sends a valid traceparent/,
    cause: /a trace-id of 16 characters instead of 32/,
    file: 'run.ts',
  },
  {
    title: 'the flags ask not to record the trace',
    step: 3,
    patch: { 'run.ts': [["flags = '01'", "flags = '00'"]] },
    expect: /sends a valid traceparent/,
    cause: /flags of its traceparent are 00, which means "not sampled"/,
    file: 'run.ts',
  },
  {
    title: 'the trace id is not returned',
    step: 3,
    patch: { 'run.ts': [['    traceId,\n', '']] },
    edit: (seen) => void (seen.run.output!.traceId = null),
    expect: /prints the URL/,
    cause: /does not return the traceId/,
    file: 'run.ts',
  },

  // Step 04: from service to service
  {
    title: 'the carrier is filled but not sent',
    step: 4,
    patch: { 'bands-api/app.ts': [['{ headers, signal }', '{ signal }']] },
    edit: withoutContext,
    expect: /passes the trace on/,
    cause: /the headers were not passed on/,
    file: 'bands-api/app.ts',
  },
  {
    title: 'the context is extracted where it should be injected',
    step: 4,
    patch: { 'bands-api/app.ts': [['propagation.inject(', 'propagation.extract(']] },
    edit: withoutContext,
    expect: /passes the trace on/,
    cause: /propagation\.inject\(context\.active\(\), headers\)/,
    file: 'bands-api/app.ts',
  },
  {
    title: 'the received traceparent is passed on unchanged',
    step: 4,
    patch: {
      'bands-api/app.ts': [
        ['getReviews(params.id, signal)', "getReviews(params.id, signal, headers['traceparent'] as string)"],
        ['getBand({ params, signal })', 'getBand({ params, signal, headers })'],
        ['signal: AbortSignal)', 'signal: AbortSignal, traceparent: string)'],
        [
          'propagation.inject(context.active(), headers);',
          "headers['traceparent'] = traceparent;\n  void propagation;\n  void context;",
        ],
      ],
    },
    expect: /is a child of a span of bands-api/,
    cause: /passes on the traceparent that it received/,
    file: 'bands-api/app.ts',
  },
  {
    title: 'the copy of tracing.ts keeps the name of the other service',
    step: 4,
    patch: { 'reviews-api/tracing.ts': [["serviceName: 'reviews-api'", "serviceName: 'bands-api'"]] },
    edit: (seen) => renameService(seen, 'reviews-api', 'bands-api'),
    expect: /reviews-api creates a span of kind SERVER/,
    cause: /the serviceName of the service that it was copied from/,
    file: 'reviews-api/tracing.ts',
  },

  // Step 05: custom spans
  {
    title: 'the span is started but not active',
    step: 5,
    patch: {
      'bands-api/app.ts': [
        [
          'return tracer.startActiveSpan(name, async (span) => {',
          'return (async () => {\n    const span = tracer.startSpan(name);',
        ],
        ['      span.end();\n    }\n  });', '      span.end();\n    }\n  })();'],
      ],
    },
    edit: (seen) => {
      for (const server of spansWhere(seen, isServer('reviews-api'))) {
        const [around] = spansWhere(seen, ({ spanId }) => spanId === server.parentId);
        server.parentId = around!.parentId!;
      }
    },
    expect: /has your span around getting the reviews/,
    cause: /not the active span.*startActiveSpan/,
    file: 'bands-api/app.ts',
  },
  {
    title: 'the span is never ended',
    step: 5,
    patch: { 'bands-api/app.ts': [['      span.end();\n', '']] },
    edit: (seen) => removeSpans(seen, ({ name }) => name === 'get reviews'),
    expect: /has your span around getting the reviews/,
    cause: /was never ended/,
    file: 'bands-api/app.ts',
  },
  {
    title: 'the span is ended before its work is done',
    step: 5,
    patch: { 'bands-api/app.ts': [['return await work()', 'return work()']] },
    expect: /has your span around getting the reviews/,
    cause: /ends before its work is done: await the work/,
    file: 'bands-api/app.ts',
  },
  {
    title: 'the span is not ended when its work fails',
    step: 5,
    patch: {
      'bands-api/app.ts': [
        ['return await work();', 'const result = await work();\n      span.end();\n      return result;'],
        ['    } finally {\n      span.end();\n    }', '    }'],
      ],
    },
    edit: (seen) => removeSpans(seen, ({ name, error }) => name === 'get reviews' && error),
    expect: /When reviews-api is down/,
    cause: /does not end if its work throws.*finally/,
    file: 'bands-api/app.ts',
  },

  // Step 06: the bugs
  {
    title: 'the sleep is moved to the other service',
    step: 6,
    patch: {
      'reviews-api/app.ts': [['    return getReviews(', '    await sleep(5_000);\n    return getReviews(']],
    },
    edit: (seen) => {
      for (const span of spansWhere(seen, ({ name }) => name !== 'read review')) {
        span.startUs -= 5_000_000;
        span.durationUs += 5_000_000;
      }
    },
    expect: /spends its time only on reading reviews/,
    cause: /moved instead of removed/,
    file: 'reviews-api/app.ts',
  },
  {
    title: 'the reviews are still read one by one',
    step: 6,
    patch: {
      'reviews-api/app.ts': [
        [
          'return Promise.all(numbers.map((number) => readReview(number, numbers.length)));',
          'const reviews = [];\n  for (const number of numbers) reviews.push(await readReview(number, numbers.length));\n  return reviews;',
        ],
      ],
    },
    edit: (seen) => {
      for (const { spans } of seen.traces) {
        const reads = spans.filter(({ name }) => name === 'read review');
        for (const [index, read] of reads.entries()) {
          read.durationUs = Math.min(...reads.map(({ durationUs }) => durationUs)) / reads.length;
          read.startUs = reads[0]!.startUs + index * read.durationUs;
        }
      }
    },
    expect: /their spans overlap/,
    cause: /awaited one by one, in a loop/,
    file: 'reviews-api/app.ts',
  },
  {
    title: 'Promise.all over one object that all share',
    step: 6,
    patch: {
      'reviews-api/app.ts': [
        ['const tracer =', 'const sharedReview = {};\nconst tracer ='],
        [
          'return { uuid: randomUUID(), body, created: new Date() };',
          'return Object.assign(sharedReview, { uuid: randomUUID(), body, created: new Date() });',
        ],
      ],
    },
    edit: (seen) => editReviews(runCall(seen), (_, all) => all.at(-1)!),
    expect: /still Fugazi with its three reviews/,
    cause: /All reviews are the same object/,
    file: 'reviews-api/app.ts',
  },
  {
    title: 'the uuid is still generated once',
    step: 6,
    patch: {
      'reviews-api/app.ts': [
        ['const tracer =', 'const uuidOfAll = randomUUID();\nconst tracer ='],
        ['uuid: randomUUID()', 'uuid: uuidOfAll'],
      ],
    },
    edit: (seen) => editReviews<Review>(runCall(seen), (review, all) => ({ ...review, uuid: all[0]!.uuid })),
    expect: /has its own uuid/,
    found: /^All three reviews have the uuid [\da-f-]{36}\.$/,
    cause: /generated once and shared by all/,
    file: 'reviews-api/app.ts',
  },
  {
    title: 'the time is still read once',
    step: 6,
    patch: {
      'reviews-api/app.ts': [
        ['const tracer =', 'const createdOfAll = new Date();\nconst tracer ='],
        ['created: new Date()', 'created: createdOfAll'],
      ],
    },
    edit: (seen) => {
      const created = new Date(runCall(seen).startMs - 1_000).toJSON();
      editReviews(runCall(seen), (review) => ({ ...review, created }));
    },
    expect: /was created during this call/,
    found: /^The reviews were created at (\S+Z, ){2}\S+Z\. The call started at \S+Z\.$/,
    cause: /read once, when the service starts/,
    file: 'reviews-api/app.ts',
  },
  {
    title: 'the sleep is shortened to a second',
    step: 6,
    patch: {
      'bands-api/reviews.ts': [
        ['import { request', "import { setTimeout as sleep } from 'node:timers/promises';\nimport { request"],
        ['  try {', '  await sleep(1_000);\n  try {'],
      ],
    },
    expect: /bands-api does not wait before or after/,
    cause: /a sleep that was left in/,
    file: 'bands-api/reviews.ts',
  },

  // Step 07: the header
  {
    title: 'the header is set only if the request succeeds',
    step: 7,
    patch: {
      'bands-api/tracing.ts': [
        ['{ responseHook: sendTraceId }', ''],
        ['/** Tells the caller', 'void sendTraceId;\n/** Tells the caller'],
      ],
      'bands-api/app.ts': [
        ['getBand({ params, signal })', 'getBand({ params, signal }, reply)'],
        [
          'const reviews = await inSpan(',
          "reply.header('trace-id', trace.getActiveSpan()!.spanContext().traceId);\n    const reviews = await inSpan(",
        ],
      ],
    },
    edit: (seen) => {
      const { response } = seen.calls.get('a call that is rejected')!;
      response!.headers = response!.headers.filter(([name]) => name !== 'trace-id');
    },
    expect: /The response to a call that fails has this header/,
    cause: /only if the request succeeds/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'run.ts still returns its own id',
    step: 7,
    patch: { 'run.ts': [["traceId: response.headers['trace-id'],", 'traceId,']] },
    expect: /run\.ts reads the trace id from the header/,
    found:
      /^In a second run, bands-api responded with trace-id: [\da-f]{32}, and run\.ts printed the URL of trace/,
    cause: /still returns the trace id that it generated.*response\.headers\['trace-id'\]/,
    file: 'run.ts',
  },

  // Step 08: tracestate
  {
    title: 'the new entry comes after the others',
    step: 8,
    patch: {
      'bands-api/tracing.ts': [
        ['`workshop=${span.spanId},${others}`', '`${others},workshop=${span.spanId}`'],
      ],
    },
    edit: (seen) => {
      for (const request of requests(seen, 'bands-api', 'reviews-api')) {
        const [own, ...others] = headerOf(request, 'tracestate').split(',');
        setHeader(request, 'tracestate', [...others, own].join());
      }
    },
    expect: /its own entry in front/,
    cause: /not the first one: the newest entry comes first/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: "the vendor's entry is invalid",
    step: 8,
    patch: { 'run.ts': [["'vendor=opaque-value'", "'vendor'"]] },
    edit: (seen) => setHeader(runCall(seen), 'tracestate', 'vendor'),
    expect: /run\.ts sends a tracestate with an entry/,
    cause: /An entry is a lower-case key/,
    file: 'run.ts',
  },
  {
    title: 'the new entry is added without removing others',
    step: 8,
    patch: {
      'bands-api/tracing.ts': [
        [
          'new core.TraceState(`workshop=${span.spanId},${others}`)',
          "new core.TraceState(others).set('workshop', span.spanId)",
        ],
      ],
    },
    edit: (seen) => {
      const call = seen.calls.get('32 entries')!;
      const request = requests(seen, 'bands-api', 'reviews-api').find(
        (one) => traceIdOf(one) === traceIdOf(call),
      )!;
      const [own] = headerOf(request, 'tracestate').split(',');
      setHeader(request, 'tracestate', `${own},${headerOf(call, 'tracestate')}`);
    },
    expect: /never more than 32 entries/,
    cause: /added without removing others/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'the propagator forgets the traceparent',
    step: 8,
    patch: {
      'bands-api/tracing.ts': [
        [
          'super.inject(trace.setSpanContext(context, { ...span, traceState }), carrier, setter);',
          "setter.set(carrier, 'tracestate', traceState.serialize());",
        ],
      ],
    },
    expect: /its own entry in front/,
    cause: /The trace is lost/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'the propagator for baggage is missing',
    step: 8,
    patch: { 'bands-api/tracing.ts': [[', new core.W3CBaggagePropagator()', '']] },
    expect: /passes the baggage on/,
    cause: /does not read and write baggage/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'the baggage is read but not put on a span',
    step: 8,
    patch: { 'reviews-api/app.ts': [['trace.getActiveSpan()?.setAttributes', 'console.log']] },
    expect: /puts the value on a span/,
    cause: /does not become an attribute on its own/,
    file: 'reviews-api/app.ts',
  },

  // Step 09: logs
  {
    title: 'the id has another name on the log lines',
    step: 9,
    patch: { 'bands-api/app.ts': [['trace_id: span.traceId', 'traceId: span.traceId']] },
    expect: /Every line that bands-api logs/,
    cause: /The field has another name/,
    file: 'bands-api/app.ts',
  },

  // Step 10: the library
  {
    title: 'the app still writes the header that the instrumentation writes',
    step: 10,
    patch: {
      'bands-api/app.ts': [
        ['import { SpanStatusCode, trace }', 'import { context, propagation, SpanStatusCode, trace }'],
        [
          'return askReviewsApi(`/reviews?band_id=${bandId}`, { signal });',
          'const headers: Record<string, string> = {};\n  propagation.inject(context.active(), headers);\n  return askReviewsApi(`/reviews?band_id=${bandId}`, { headers, signal });',
        ],
      ],
    },
    expect: /bands-api's request has a CLIENT span too/,
    cause: /Both the instrumentation and your own lines.*Remove your lines/,
    file: 'bands-api/app.ts',
  },
  {
    title: 'the caller still writes the header that the instrumentation writes',
    step: 10,
    patch: {
      'run.ts': [
        [
          'import { OTLPTraceExporter }',
          "import { randomBytes } from 'node:crypto';\nimport { OTLPTraceExporter }",
        ],
        [
          'const headers = { tracestate',
          "const traceparent = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;\n  const headers = { traceparent, tracestate",
        ],
      ],
    },
    edit: (seen) => {
      const call = runCall(seen);
      const traceparent = headerOf(call, 'traceparent');
      setHeader(call, 'traceparent', traceparent, traceparent);
      breakOff(seen, 'caller');
      for (const server of spansWhere(seen, isServer('bands-api'))) delete server.parentId;
    },
    expect: /The trace starts with a CLIENT span/,
    cause: /Both the instrumentation and your own lines.*Remove your lines/,
    file: 'run.ts',
  },
  {
    title: 'UndiciInstrumentation is missing from the service',
    step: 10,
    patch: {
      'bands-api/tracing.ts': [
        ['    new UndiciInstrumentation(),\n', ''],
        ["import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';\n", ''],
      ],
    },
    edit: (seen) => {
      removeSpans(seen, ({ service, kind }) => service === 'bands-api' && kind === 'client');
      withoutContext(seen);
    },
    expect: /bands-api's request has a CLIENT span too/,
    cause: /UndiciInstrumentation is missing/,
    file: 'bands-api/tracing.ts',
  },
];
