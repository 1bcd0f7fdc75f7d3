/** Wrong programs for chapter 1. Each expectation has at least one. */
import { type Observation, traceIdOf } from '#workshop/check/observation';
import type { Exchange } from '#workshop/check/relay';
import type { LogRecord } from '#workshop/trace/log-record';
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

/** The spans of a check's own call. */
function spansOf(seen: Observation, name: string): Span[] {
  const traceId = traceIdOf(seen.calls.get(name)!);
  return spansWhere(seen, (span) => span.traceId === traceId);
}

/** The request from bands-api to reviews-api within a call. */
function requestOf(seen: Observation, call: Exchange): Exchange {
  return requests(seen, 'bands-api', 'reviews-api').find((one) => traceIdOf(one) === traceIdOf(call))!;
}

/** Gives the lines of a service another form. */
function editLines(seen: Observation, service: string, edit: (line: string) => string): void {
  seen.lines.set(service, seen.lines.get(service)!.map(edit));
}

/** The log records of a service in the trace of run.ts, which has a span of the caller. */
function logsOf(seen: Observation, service: string): LogRecord[] {
  const [{ traceId }] = spansWhere(seen, (span) => span.service === 'caller') as [Span];
  return seen.logs.filter((record) => record.service === service && record.traceId === traceId);
}

function removeLogs(seen: Observation, service: string): void {
  seen.logs = seen.logs.filter((record) => record.service !== service);
}

const batchProcessor =
  'logRecordProcessors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter() })]';
const hook = "register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);\n";
const hookImport = "import { register } from 'node:module';\n";

export const mistakes: Mistake[] = [
  // Step 1: the responses
  {
    title: 'the reviews are not awaited',
    step: 1,
    patch: {
      'reviews-api/app.ts': [
        [
          'reviews.push(await readReview(number, numbers.length));',
          'reviews.push(readReview(number, numbers.length) as never);',
        ],
      ],
    },
    edit: (seen) => editReviews(runCall(seen), () => ({})),
    expect: /gets the band Fugazi with its three reviews/,
    cause: /empty objects: each is a promise that is not awaited/,
    file: 'reviews-api/app.ts',
  },
  {
    title: 'every band has reviews',
    step: 1,
    patch: { 'reviews-api/app.ts': [['bandId === FUGAZI ? [1, 2, 3] : []', 'bandId ? [1, 2, 3] : []']] },
    edit: (seen) => {
      const { response } = seen.calls.get('a band without reviews')!;
      response!.body = runCall(seen).response!.body;
    },
    expect: /A band without reviews has an empty list/,
    cause: /returns reviews for a band that has none/,
    file: 'reviews-api/app.ts',
  },
  {
    title: 'an invalid UUID is accepted',
    step: 1,
    patch: { 'bands-api/app.ts': [['{ id: uuid }', "{ id: { type: 'string' } }"]] },
    edit: (seen) => void (seen.calls.get('an invalid UUID')!.response!.status = 502),
    expect: /The response to an invalid UUID/,
    cause: /The route no longer has a schema that rejects/,
    file: 'bands-api/app.ts',
  },

  // Step 2: tracing.ts
  {
    title: 'tracing.ts imports the app',
    step: 2,
    patch: {
      'bands-api/tracing.ts': [
        [
          "import { NodeSDK } from '@opentelemetry/sdk-node';",
          "import { NodeSDK } from '@opentelemetry/sdk-node';\nimport './app.ts';",
        ],
      ],
    },
    expect: /SERVER|Fastify is instrumented too/,
    cause: /tracing\.ts imports the app/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'the service name is misspelled',
    step: 2,
    patch: { 'bands-api/tracing.ts': [["serviceName: 'bands-api'", "serviceName: 'band-api'"]] },
    edit: (seen) => renameService(seen, 'bands-api', 'band-api'),
    expect: /a span of kind SERVER/,
    cause: /under the name band-api: the serviceName in tracing\.ts is misspelled/,
    file: 'bands-api/tracing.ts',
  },
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
    cause: /Either the loader hook, .* is missing/,
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
    title: 'tracing.ts is in the folder of the other service',
    step: 2,
    patch: {
      'bands-api/tracing.ts': null,
      'reviews-api/tracing.ts': `import { register } from 'node:module';
        import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
        import { FastifyInstrumentation } from '@opentelemetry/instrumentation-fastify';
        import { NodeSDK } from '@opentelemetry/sdk-node';
        ${hook}
        new NodeSDK({ serviceName: 'bands-api', instrumentations: [new HttpInstrumentation(), new FastifyInstrumentation()] }).start();`,
    },
    edit: (seen) => {
      for (const { attributes } of spansWhere(seen, () => true)) attributes['http.route'] = '/reviews';
      seen.sources.delete('bands-api/tracing.ts');
    },
    expect: /Fastify is instrumented too/,
    cause: /has no tracing\.ts/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'the SDK is shut down at once',
    step: 2,
    patch: { 'bands-api/tracing.ts': [["process.once('beforeExit', sendSpans);", 'await sendSpans();']] },
    edit: (seen) => removeSpans(seen, ({ service }) => service === 'bands-api'),
    expect: /a span of kind SERVER/,
    cause: /sdk\.shutdown\(\) only when the process ends/,
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
    live: true,
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

  // Step 3: the traceparent by hand
  {
    title: 'the header is misspelled',
    step: 3,
    patch: { 'run.ts': [['{ traceparent: ', "{ 'trace-parent': "]] },
    edit: (seen) => {
      const call = runCall(seen);
      setHeader(call, 'trace-parent', headerOf(call, 'traceparent'));
      setHeader(call, 'traceparent');
    },
    expect: /sends a valid traceparent/,
    cause: /misspelled: its name is traceparent.*"trace-parent" is ignored/,
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
    cause: /flags of the traceparent that run\.ts sent are 00, which means "not sampled"/,
    file: 'run.ts',
  },
  {
    title: 'the trace id is not returned',
    step: 3,
    patch: { 'run.ts': [['    traceId,\n', '']] },
    edit: (seen) => void (seen.run.output!.traceId = null),
    expect: /prints the URL/,
    cause: /does not return a traceId/,
    file: 'run.ts',
  },

  {
    title: 'the propagator does not support traceparent',
    step: 3,
    edit: (seen) => {
      for (const span of spansWhere(seen, () => true)) span.traceId = [...span.traceId].toReversed().join('');
      for (const trace of seen.traces) trace.traceId = trace.spans[0]!.traceId;
      for (const server of spansWhere(seen, isServer('bands-api'))) delete server.parentId;
    },
    expect: /bands-api continues that trace/,
    cause: /sets a propagator that does not support traceparent/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'the propagator keeps the trace id but not the parent-id',
    step: 3,
    edit: (seen) => {
      for (const server of spansWhere(seen, isServer('bands-api'))) server.parentId = '0123456789abcdef';
    },
    expect: /The caller's parent-id is the parent/,
    cause: /does not start in the context of the request/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'only the trace of run.ts is continued',
    step: 3,
    edit: (seen) =>
      removeSpans(seen, ({ spanId }) =>
        spansOf(seen, 'another caller').some((span) => span.spanId === spanId),
      ),
    expect: /continues the trace of any other caller/,
    cause: /does not read the traceparent/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'a sampler ignores the flags',
    step: 3,
    patch: {
      'bands-api/tracing.ts': [
        [
          "import { NodeSDK } from '@opentelemetry/sdk-node';",
          "import { AlwaysOnSampler } from '@opentelemetry/sdk-trace-base';\nimport { NodeSDK } from '@opentelemetry/sdk-node';",
        ],
        ["serviceName: 'bands-api',", "serviceName: 'bands-api',\n  sampler: new AlwaysOnSampler(),"],
      ],
    },
    edit: (seen) => {
      const traceId = traceIdOf(seen.calls.get('a caller that does not want a trace')!)!;
      const [server] = spansWhere(seen, isServer('bands-api'));
      seen.traces.push({ traceId, spans: [{ ...server!, traceId }] });
    },
    expect: /Flags 00 are respected/,
    cause: /A sampler ignores the decision of the caller/,
    file: 'bands-api/tracing.ts',
  },

  // Step 4: from service to service
  {
    title: 'reviews-api does not read the traceparent',
    step: 4,
    edit: (seen) => breakOff(seen, 'reviews-api'),
    expect: /Both services are in the trace/,
    cause: /does not read the traceparent/,
    file: 'reviews-api/tracing.ts',
  },
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

  // Step 5: custom spans
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
    title: 'the span of a review ends before its work',
    step: 5,
    patch: {
      'reviews-api/app.ts': [
        [
          'await sleep(100 + random() * 400).finally',
          'span.end();\n  await sleep(100 + random() * 400).finally',
        ],
      ],
    },
    edit: (seen) => {
      for (const read of spansWhere(seen, ({ name }) => name === 'read review')) read.durationUs = 80;
    },
    expect: /a custom span covers the reading of each/,
    cause: /starts after the work or ends before it/,
    file: 'reviews-api/app.ts',
  },
  {
    title: 'one span is around all reviews',
    step: 5,
    edit: (seen) => {
      const reads = spansWhere(seen, ({ name }) => name === 'read review');
      removeSpans(seen, (span) => reads.slice(1).includes(span));
    },
    expect: /a custom span covers the reading of each/,
    cause: /one span is around all of the work/,
    file: 'reviews-api/app.ts',
  },
  {
    title: 'the spans of the reviews have no attribute',
    step: 5,
    edit: (seen) => {
      for (const read of spansWhere(seen, ({ name }) => name === 'read review')) read.attributes = {};
    },
    expect: /has the number of its review/,
    found: /^Your spans in reviews-api don't have the attribute review\.number\.$/,
    cause: /Pass it when the span starts/,
    file: 'reviews-api/app.ts',
  },
  {
    title: 'each span has the number of the first review',
    step: 5,
    patch: { 'reviews-api/app.ts': [["'review.number': number", "'review.number': 1"]] },
    edit: (seen) => {
      for (const read of spansWhere(seen, ({ name }) => name === 'read review'))
        read.attributes = { 'review.number': 1 };
    },
    expect: /has the number of its review/,
    found: /^None of your spans in reviews-api has review\.number = 2: they have 1\.$/,
    cause: /Pass it when the span starts/,
    file: 'reviews-api/app.ts',
  },
  {
    title: 'the error is swallowed, so that 502 becomes 200',
    step: 5,
    patch: { 'bands-api/app.ts': [['      throw error;\n', '      return [] as T;\n']] },
    edit: (seen) => void (seen.calls.get('a call while reviews-api is down')!.response!.status = 200),
    expect: /When reviews-api is down/,
    found: /bands-api responded with status 200\. Without your span, it responds with status 502/,
    cause: /A span must not change what the service does/,
    file: 'bands-api/app.ts',
  },
  {
    title: 'the exception is not recorded',
    step: 5,
    patch: { 'bands-api/app.ts': [['      span.recordException(error as Error);\n', '']] },
    edit: (seen) => {
      for (const span of spansWhere(seen, ({ name }) => name === 'get reviews')) span.events = [];
    },
    expect: /When reviews-api is down/,
    cause: /The exception is not recorded/,
    file: 'bands-api/app.ts',
  },
  {
    title: 'the exception is logged outside the span',
    step: 5,
    edit: (seen) => {
      for (const span of spansWhere(seen, ({ name }) => name === 'get reviews')) span.events = [];
      seen.lines
        .get('bands-api')!
        .push(JSON.stringify({ level: 50, err: { type: 'Error', stack: 'Error' } }));
    },
    expect: /When reviews-api is down/,
    cause: /The exception is not recorded/,
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

  // Step 6: the bugs
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
          read.durationUs = 100_000;
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
    title: 'the wait that stands for the store is removed too',
    step: 6,
    patch: {
      'reviews-api/app.ts': [['await sleep(100 + random() * 400).finally(() => span.end());', 'span.end();']],
    },
    edit: (seen) => {
      for (const read of spansWhere(seen, ({ name }) => name === 'read review')) read.durationUs = 100;
    },
    expect: /their spans overlap/,
    cause: /not a bug\. Put it back/,
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

  // Step 7: the header
  {
    title: 'the header contains the id of the span',
    step: 7,
    patch: { 'bands-api/tracing.ts': [['span.spanContext().traceId', 'span.spanContext().spanId']] },
    edit: (seen) => {
      const { response } = runCall(seen);
      const { spanId } = spansWhere(seen, isServer('bands-api')).find(
        ({ traceId }) => traceId === traceIdOf(runCall(seen)),
      )!;
      response!.headers = response!.headers.map(([name, value]) => [
        name,
        name === 'trace-id' ? spanId : value,
      ]);
    },
    expect: /bands-api responds with a trace-id header/,
    cause: /This is the id of a span/,
    file: 'bands-api/tracing.ts',
  },
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
    live: true,
    patch: { 'run.ts': [["traceId: response.headers['trace-id'],", 'traceId,']] },
    expect: /run\.ts reads the trace id from the header/,
    found:
      /^In a second run, bands-api responded with trace-id: [\da-f]{32}, and run\.ts printed the URL of trace/,
    cause: /still returns the trace id that it generated.*response\.headers\['trace-id'\]/,
    file: 'run.ts',
  },

  {
    title: 'run.ts reads a header that does not exist',
    step: 7,
    patch: { 'run.ts': [["response.headers['trace-id']", "response.headers['traceid']"]] },
    edit: (seen) => void (seen.run.output!.traceId = null),
    expect: /run\.ts reads the trace id from the header/,
    found: /did not print the URL of a trace/,
    cause: /must be the value of this header: response\.headers\['trace-id'\]/,
    file: 'run.ts',
  },

  // Step 8: tracestate
  {
    title: 'the key of the new entry is invalid',
    step: 8,
    patch: { 'bands-api/tracing.ts': [['`workshop=', '`Workshop=']] },
    edit: (seen) => {
      for (const request of requests(seen, 'bands-api', 'reviews-api')) {
        const [, ...others] = headerOf(request, 'tracestate').split(',');
        setHeader(request, 'tracestate', others.join());
      }
    },
    expect: /its own entry in front/,
    cause: /its key must be lowercase/,
    file: 'bands-api/tracing.ts',
  },
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
    cause: /An entry is a lowercase key/,
    file: 'run.ts',
  },
  {
    title: "the vendor's key has an upper-case letter",
    step: 8,
    edit: (seen) => setHeader(runCall(seen), 'tracestate', 'myVendor=opaque-value'),
    expect: /run\.ts sends a tracestate with an entry/,
    cause: /An entry is a lowercase key/,
    file: 'run.ts',
  },
  {
    title: "the vendor's value has an equals sign",
    step: 8,
    edit: (seen) => setHeader(runCall(seen), 'tracestate', 'vendor=b3BhcXVl='),
    expect: /run\.ts sends a tracestate with an entry/,
    cause: /An entry is a lowercase key/,
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
    title: 'the entries of others are replaced',
    step: 8,
    edit: (seen) => setHeader(requestOf(seen, runCall(seen)), 'tracestate', 'workshop=1'),
    expect: /The other system's entry reaches reviews-api/,
    cause: /They must follow its own entry/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'a span starts without the tracestate',
    step: 8,
    edit: (seen) => {
      for (const span of spansWhere(seen, ({ name }) => name === 'get reviews')) span.traceState = '';
    },
    expect: /Every span of both services has that entry/,
    cause: /does not contain the tracestate of the request/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'an entry is cut off at 512 characters',
    step: 8,
    edit: (seen) => {
      const call = seen.calls.get('511 characters')!;
      setHeader(
        requestOf(seen, call),
        'tracestate',
        `workshop=1,${headerOf(call, 'tracestate')}`.slice(0, 512),
      );
    },
    expect: /never more than 512 characters/,
    cause: /Entries are cut off/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'invalid entries are passed on',
    step: 8,
    edit: (seen) => {
      const call = seen.calls.get('an invalid tracestate')!;
      setHeader(requestOf(seen, call), 'tracestate', `workshop=1,${headerOf(call, 'tracestate')}`);
    },
    expect: /An invalid tracestate is dropped/,
    cause: /passed on unchanged/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'run.ts sends no baggage',
    step: 8,
    patch: { 'run.ts': [[', baggage }', ' }']] },
    edit: (seen) => setHeader(runCall(seen), 'baggage'),
    expect: /run\.ts sends baggage/,
    cause: /The header was not created/,
    file: 'run.ts',
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

  // Step 9: logs
  {
    title: 'the id has another name on the log lines',
    step: 9,
    patch: { 'bands-api/app.ts': [['trace_id: span.traceId', 'traceId: span.traceId']] },
    expect: /Every line that bands-api logs/,
    cause: /The field has another name/,
    file: 'bands-api/app.ts',
  },

  {
    title: 'reviews-api does not log the ids',
    step: 9,
    patch: { 'reviews-api/app.ts': [['logger: { mixin: traceIds }', 'logger: true']] },
    edit: (seen) =>
      editLines(seen, 'reviews-api', (line) => line.replace(/,"trace_id":"\w+","span_id":"\w+"/, '')),
    expect: /Every line of reviews-api/,
    cause: /A mixin adds the ids/,
    file: 'reviews-api/app.ts',
  },
  {
    title: 'the id is read only once',
    step: 9,
    edit: (seen) => {
      const [first, other] = [runCall(seen), seen.calls.get('a call in another trace')!].map((call) =>
        traceIdOf(call)!,
      );
      editLines(seen, 'bands-api', (line) => line.replace(other!, first!));
    },
    expect: /The lines of another call/,
    cause: /The id is read only once/,
    file: 'bands-api/app.ts',
  },

  // Step 10: the library
  {
    title: 'run() is not awaited, so that the SDK is shut down too early',
    step: 10,
    patch: { 'run.ts': [['await run(', 'void run(']] },
    edit: (seen) => {
      removeSpans(seen, ({ service }) => service === 'caller');
      seen.sources.set('run.ts', seen.sources.get('run.ts')!.replace('await run(', 'void run('));
    },
    expect: /The trace starts with a CLIENT span/,
    cause: /Line \d+ does not wait for run\(/,
    file: /^run\.ts:\d+$/,
  },
  {
    title: 'the tracestate is removed from the caller, too',
    step: 10,
    patch: {
      'run.ts': [
        ['const headers = { tracestate, baggage };', 'void tracestate;\n  const headers = { baggage };'],
      ],
    },
    edit: (seen) => setHeader(runCall(seen), 'tracestate'),
    expect: /run\.ts still sends the entry of another tracing system/,
    cause: /The header was not created, or is not one of the headers/,
    file: 'run.ts',
  },
  {
    title: 'the baggage is removed from the caller, too',
    step: 10,
    patch: {
      'run.ts': [
        ['const headers = { tracestate, baggage };', 'void baggage;\n  const headers = { tracestate };'],
      ],
    },
    edit: (seen) => setHeader(runCall(seen), 'baggage'),
    expect: /run\.ts still sends baggage/,
    cause: /The header was not created, or is not one of the headers/,
    file: 'run.ts',
  },
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
  {
    title: 'no processor sends the log records',
    step: 10,
    patch: {
      'bands-api/tracing.ts': [
        [batchProcessor, 'logRecordProcessors: []'],
        ["import { BatchLogRecordProcessor } from '@opentelemetry/sdk-logs';\n", ''],
        ["import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';\n", ''],
      ],
    },
    edit: (seen) => removeLogs(seen, 'bands-api'),
    expect: /Each line that bands-api logs/,
    cause: /logRecordProcessors needs new BatchLogRecordProcessor/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'PinoInstrumentation is missing from reviews-api',
    step: 10,
    patch: {
      'reviews-api/tracing.ts': [
        [', new PinoInstrumentation()', ''],
        ["import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';\n", ''],
      ],
    },
    edit: (seen) => {
      removeLogs(seen, 'reviews-api');
      const source = seen.sources.get('reviews-api/tracing.ts')!;
      seen.sources.set('reviews-api/tracing.ts', source.replace(', new PinoInstrumentation()', ''));
    },
    expect: /Each line of reviews-api arrives/,
    cause: /PinoInstrumentation is missing/,
    file: 'reviews-api/tracing.ts',
  },
  {
    title: 'the exporter of the logs sends to the port of OTLP/HTTP',
    step: 10,
    patch: {
      'bands-api/tracing.ts': [
        ['new OTLPLogExporter()', "new OTLPLogExporter({ url: 'http://localhost:4318' })"],
      ],
    },
    edit: (seen) => {
      removeLogs(seen, 'bands-api');
      seen.lines.get('bands-api')!.push('OTLPExporterError: 14 UNAVAILABLE: Protocol error');
    },
    expect: /Each line that bands-api logs/,
    cause: /Its log records could not be sent.*wrong address or port/,
    file: 'bands-api/tracing.ts',
  },
  {
    title: 'a line has the ids of the parent, a span of the caller',
    step: 10,
    edit: (seen) => {
      const [client] = spansWhere(seen, ({ service }) => service === 'caller');
      for (const record of logsOf(seen, 'bands-api')) record.spanId = client!.spanId;
    },
    expect: /Each line that bands-api logs/,
    cause: /must be those of the span of bands-api that is active/,
    file: 'bands-api/app.ts',
  },
  {
    title: 'a line is logged outside any span',
    step: 10,
    patch: {
      'reviews-api/app.ts': [
        ['import { propagation, trace }', 'import { context, propagation, ROOT_CONTEXT, trace }'],
        ['listReviews({ query })', 'listReviews({ query, log })'],
        [
          'return getReviews(query.band_id);',
          "context.with(ROOT_CONTEXT, () => log.info('reading'));\n    return getReviews(query.band_id);",
        ],
      ],
    },
    edit: (seen) => void Object.assign(logsOf(seen, 'reviews-api').at(-1)!, { traceId: '', spanId: '' }),
    expect: /Each line of reviews-api arrives/,
    cause: /logged outside the span of its request/,
    file: 'reviews-api/app.ts',
  },
  {
    title: 'a line has the ids of a span that has ended',
    step: 10,
    edit: (seen) => void (logsOf(seen, 'reviews-api').at(-1)!.timeUs += 1_000_000),
    expect: /Each line of reviews-api arrives/,
    cause: /were read earlier and kept/,
    file: 'reviews-api/app.ts',
  },
  {
    title: 'one of the lines is not sent',
    step: 10,
    edit: (seen) => void seen.logs.splice(seen.logs.indexOf(logsOf(seen, 'reviews-api').at(-1)!), 1),
    expect: /Each line of reviews-api arrives/,
    cause: /The others were not sent/,
    file: 'reviews-api/tracing.ts',
  },
];
