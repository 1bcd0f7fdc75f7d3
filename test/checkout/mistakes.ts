/** Mistakes that learners make in the second chapter, as in test/check/mistakes.ts. */
import { breakOff, removeSpans, runCall, spansWhere } from '../check/edits.ts';
import type { Span } from '#workshop/trace/model';
import type { Mistake } from '../check/support.ts';

const hook = "register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);\n";
const noHook: [string, string][] = [
  [hook, ''],
  ["import { register } from 'node:module';\n", ''],
];
const addEvent = "      trace.getActiveSpan()?.addEvent('response', response);\n";

export const mistakes: Mistake[] = [
  // Step 11. Its gateway is shared, so nobody edits it: its sentences are judged on edited observations.
  {
    title: 'checkout responds with an error, which the gateway passes on',
    step: 11,
    patch: { 'checkout/app.ts': [['respond(null, response);', 'respond({ code: grpc.status.INTERNAL });']] },
    expect: /The call is successful/,
    found: /^gateway responded to POST \/api\/checkout from run\.ts with status 500/,
    cause: /^checkout responded to gateway with an error\.$/,
    file: 'checkout/app.ts',
  },
  {
    title: 'an exception in checkout becomes an error response',
    step: 11,
    patch: { 'checkout/app.ts': [['publish({ items: request.itemsID })', 'publish(null!.items)']] },
    expect: /The call is successful/,
    cause: /^checkout threw TypeError: Cannot read properties of null/,
    file: /^checkout\/app\.ts:\d+$/,
  },
  {
    title: 'checkout never responds, and the gateway gives up',
    step: 11,
    patch: { 'checkout/app.ts': [['      respond(null, response);\n', '']] },
    expect: /gets a response in time/,
    found:
      /^checkout had not responded to the gRPC call from gateway when gateway gave up, but it still responds/,
    cause: /never happens/,
    file: 'checkout/app.ts',
  },
  {
    title: 'checkout is in an endless loop, and the gateway gives up',
    step: 11,
    patch: { 'checkout/app.ts': [['      respond(null, response);\n', '      for (;;);\n']] },
    expect: /gets a response in time/,
    found: /no longer responds to any request/,
    cause: /endless loop/,
    file: 'checkout/app.ts',
  },
  {
    title: 'checkout has no loader hook',
    step: 11,
    patch: { 'checkout/tracing.ts': noHook },
    edit: (seen) => {
      removeSpans(seen, ({ service }) => service === 'checkout');
      seen.sources.set('checkout/tracing.ts', seen.sources.get('checkout/tracing.ts')!.replace(hook, ''));
    },
    expect: /the parent of checkout's SERVER span/,
    cause: /the loader hook is missing/,
    file: 'checkout/tracing.ts',
  },
  {
    title: 'checkout has no instrumentation for gRPC',
    step: 11,
    edit: (seen) => {
      removeSpans(seen, ({ service }) => service === 'checkout');
      const source = seen.sources.get('checkout/tracing.ts')!;
      seen.sources.set('checkout/tracing.ts', source.replace('new GrpcInstrumentation(), ', ''));
    },
    expect: /the parent of checkout's SERVER span/,
    cause: /GrpcInstrumentation is missing/,
    file: 'checkout/tracing.ts',
  },
  {
    title: 'tracing.ts of checkout imports the app',
    step: 11,
    edit: (seen) => removeSpans(seen, ({ service }) => service === 'checkout'),
    expect: /the parent of checkout's SERVER span/,
    cause: /tracing\.ts must not import the app/,
    file: 'checkout/app.ts',
  },
  {
    title: 'the event is added after the response was sent',
    step: 11,
    patch: {
      'checkout/app.ts': [
        [`${addEvent}      respond(null, response);\n`, `      respond(null, response);\n${addEvent}`],
      ],
    },
    edit: (seen) => {
      for (const span of spansWhere(seen, ({ service }) => service === 'checkout')) span.events = [];
    },
    expect: /records the totalAmount/,
    cause: /before the response is sent/,
    file: 'checkout/app.ts',
  },
  {
    title: 'the gateway responds before the checkout is accepted',
    step: 11,
    edit: (seen) => {
      runCall(seen).response!.status = 200;
    },
    expect: /POST \/api\/checkout has status 202/,
    found: /with 200 OK/,
    cause: /^checkout fails, or the route is missing\.$/,
    file: 'gateway/app.ts',
  },
  {
    title: 'the gateway responds to a GET with 404',
    step: 11,
    edit: (seen) => {
      seen.calls.get('a GET of the checkout')!.response!.status = 404;
    },
    expect: /any other method has status 405/,
    found: /with 404 Not Found/,
    cause: /does not distinguish a wrong method from a wrong path/,
    file: 'gateway/app.ts',
  },
  {
    title: 'the gateway has no instrumentation for HTTP',
    step: 11,
    edit: (seen) => removeSpans(seen, ({ service, kind }) => service === 'gateway' && kind === 'server'),
    expect: /The gateway has a span of kind SERVER/,
    found: /^gateway created 1 span, but only of kind CLIENT\.$/,
    cause: /./,
    file: 'gateway/tracing.ts',
  },
  {
    title: 'the gateway sends the id of its span as the trace-id',
    step: 11,
    edit: (seen) => {
      const [{ spanId }] = spansWhere(
        seen,
        ({ service, kind }) => service === 'gateway' && kind === 'server',
      ) as [Span];
      const { response } = runCall(seen);
      response!.headers = response!.headers.map(([name, value]) => [
        name,
        name === 'trace-id' ? spanId : value,
      ]);
    },
    expect: /response has a trace-id header/,
    cause: /the id of a span: use the traceId/,
    file: 'gateway/tracing.ts',
  },
  {
    title: 'run.ts does not return the trace id',
    step: 11,
    patch: { 'run.ts': [["    traceId: response.headers['trace-id'],\n", '']] },
    edit: (seen) => {
      seen.run.output!.traceId = null;
    },
    expect: /run\.ts reads it there/,
    cause: /does not return a traceId/,
    file: 'run.ts',
  },

  // Step 12
  {
    title: 'the headers are filled but not published',
    step: 12,
    patch: {
      'checkout/app.ts': [
        ['publish({ items: request.itemsID }, headers)', 'publish({ items: request.itemsID })'],
        ['inProducerSpan((headers) =>', 'inProducerSpan(() =>'],
      ],
    },
    expect: /The message has a traceparent/,
    cause: /the headers are not passed to publish/,
    file: 'checkout/app.ts',
  },
  {
    title: 'the context is read before the span is active',
    step: 12,
    patch: {
      'checkout/app.ts': [
        [
          '  await tracer.startActiveSpan(',
          '  const before = context.active();\n  await tracer.startActiveSpan(',
        ],
        ['propagation.inject(context.active(), headers', 'propagation.inject(before, headers'],
      ],
    },
    edit: (seen) => {
      const [producer] = spansWhere(seen, ({ kind }) => kind === 'producer');
      for (const { headers } of seen.messages) {
        headers['traceparent'] = String(headers['traceparent']).replace(
          producer!.spanId,
          producer!.parentId!,
        );
      }
    },
    expect: /The message has a traceparent/,
    cause: /Another span was active/,
    file: 'checkout/app.ts',
  },
  {
    title: 'the span of the message has no kind',
    step: 12,
    patch: {
      'checkout/app.ts': [
        ['{ kind: SpanKind.PRODUCER, attributes }', '{ attributes }'],
        ['SpanKind, ', ''],
      ],
    },
    edit: (seen) => {
      for (const span of spansWhere(seen, ({ kind }) => kind === 'producer')) span.kind = 'internal';
    },
    expect: /in a span of kind PRODUCER/,
    cause: /The options of the span must set its kind/,
    file: 'checkout/app.ts',
  },
  {
    title: 'gRPC is no longer traced in checkout',
    step: 12,
    edit: (seen) => removeSpans(seen, ({ service, kind }) => service === 'checkout' && kind === 'server'),
    expect: /in a span of kind PRODUCER, below its SERVER span/,
    cause: /^gRPC is not traced\. The loader hook/,
    file: 'checkout/tracing.ts',
  },
  {
    title: 'the span of the message is a root',
    step: 12,
    patch: { 'checkout/app.ts': [['{ kind: SpanKind.PRODUCER,', '{ root: true, kind: SpanKind.PRODUCER,']] },
    edit: (seen) => {
      for (const span of spansWhere(seen, ({ kind }) => kind === 'producer')) delete span.parentId;
    },
    expect: /in a span of kind PRODUCER, below its SERVER span/,
    cause: /without root: true/,
    file: 'checkout/app.ts',
  },
  {
    title: 'the span of the message has no attributes',
    step: 12,
    patch: {
      'checkout/app.ts': [
        ['{ kind: SpanKind.PRODUCER, attributes }', '{ kind: SpanKind.PRODUCER }'],
        ['{ name, attributes }', '{ name }'],
      ],
    },
    edit: (seen) => {
      for (const span of spansWhere(seen, ({ kind }) => kind === 'producer')) span.attributes = {};
    },
    expect: /the name and the attributes/,
    cause: /The conventions require messaging\.system\.name = rabbitmq/,
    file: 'checkout/app.ts',
  },

  // Step 13
  {
    title: 'the context of the message is not passed to the span',
    step: 13,
    patch: {
      'stock/app.ts': [
        ['attributes }, parent, async', 'attributes }, async'],
        [
          '  const parent = propagation.extract(ROOT_CONTEXT, message.properties.headers ?? {}, messageHeaders);\n',
          '',
        ],
      ],
    },
    edit: (seen) => breakOff(seen, 'stock'),
    expect: /stock processes the message in a span of kind CONSUMER/,
    cause: /propagation\.extract\(ROOT_CONTEXT, headers, messageHeaders\)/,
    file: 'stock/app.ts',
  },
  {
    title: 'the span has a name without the queue',
    step: 13,
    patch: { 'stock/app.ts': [['startActiveSpan(name,', "startActiveSpan('process',"]] },
    edit: (seen) => {
      for (const span of spansWhere(seen, ({ kind }) => kind === 'consumer')) span.name = 'process';
    },
    expect: /the name and the attributes/,
    cause: /the name consists of the operation and the destination/,
    file: 'stock/app.ts',
  },
  {
    title: 'the work is not awaited',
    step: 13,
    patch: {
      'stock/app.ts': [
        ['      await processOrder(', '      void processOrder('],
        ['await sleep(5 + random() * 5);', 'await sleep(300); // longer than the span of a busy machine'],
      ],
    },
    expect: /The span ends after the work/,
    cause: /The work is not awaited/,
    file: 'stock/app.ts',
  },
  {
    title: 'the message is acknowledged before the work',
    step: 13,
    patch: {
      'stock/app.ts': [
        ['  channel.ack(message);\n', ''],
        [
          '    await takeOut(itemsOf(message));',
          '    channel.ack(message);\n    await takeOut(itemsOf(message));',
        ],
      ],
    },
    expect: /Each message is acknowledged after the work/,
    cause: /It was acknowledged before the work/,
    file: 'stock/app.ts',
  },
  {
    title: 'the message is acknowledged although the work fails',
    step: 13,
    patch: { 'stock/app.ts': [['channel.nack(message, false, false);', 'channel.ack(message);']] },
    edit: (seen) => void seen.rejected.set('stock', 0),
    expect: /Each message is acknowledged after the work/,
    cause: /even though the work failed/,
    file: 'stock/app.ts',
  },
  {
    title: 'the message is never acknowledged',
    step: 13,
    patch: { 'stock/app.ts': [['  channel.ack(message);\n', '']] },
    edit: (seen) => void seen.unsettled.set('stock', 1),
    expect: /Each message is acknowledged after the work/,
    cause: /call channel\.ack\(message\) after the work/,
    file: 'stock/app.ts',
  },
  {
    title: 'the error of an invalid order is not reported to the span',
    step: 13,
    patch: { 'stock/app.ts': [['    span?.setStatus({', '    if (0) span?.setStatus({']] },
    edit: (seen) => editRejected(seen, (span) => (span.error = false)),
    expect: /The span of an invalid order ends as an error/,
    found: /^The CONSUMER span for an invalid order is not an error\.$/,
    cause: /span\.setStatus/,
    file: 'stock/app.ts',
  },
  {
    title: 'the span in which checkout publishes has another kind',
    step: 13,
    edit: (seen) => {
      for (const span of spansWhere(seen, ({ kind }) => kind === 'producer')) span.kind = 'internal';
    },
    expect: /^stock processes the message/,
    found: /^checkout has no PRODUCER span/,
    cause: /needs \{ kind: SpanKind\.PRODUCER \}/,
    file: 'checkout/app.ts',
  },
  {
    title: 'the span is not active while the order is processed',
    step: 13,
    patch: {
      'stock/app.ts': [
        [
          'await tracer.startActiveSpan(name, { kind: SpanKind.CONSUMER, attributes }, parent, async (span) => {\n    try {',
          'const span = tracer.startSpan(name, { kind: SpanKind.CONSUMER, attributes }, parent);\n    try {',
        ],
        ['      span.end();\n    }\n  });', '      span.end();\n    }'],
      ],
    },
    edit: (seen) => {
      editRejected(seen, (span) => (span.error = false));
      const lines = seen.lines.get('stock')!;
      seen.lines.set(
        'stock',
        lines.map((line) => line.replace(/"span_id":"\w+"/, '"other":""')),
      );
    },
    expect: /The span of an invalid order ends as an error/,
    found: /is not an error\.$/,
    cause: /the span must be active there/,
    file: 'stock/app.ts',
  },
  {
    title: 'an invalid order is returned to the queue',
    step: 13,
    patch: {
      'stock/app.ts': [
        [
          'channel.nack(message, false, false);',
          'setTimeout(() => channel.nack(message, false, true), 1_000).unref();',
        ],
      ],
    },
    edit: (seen) => {
      seen.rejected.set('stock', 0);
      seen.unsettled.set('stock', 1);
    },
    expect: /Each message is acknowledged after the work/,
    found: /^After stock stopped, a message was back in /,
    cause: /An order was returned to the queue/,
    file: 'stock/app.ts',
  },
  {
    title: 'the error of an invalid order has no type',
    step: 13,
    patch: { 'stock/app.ts': [['    span?.setAttribute(', '    if (0) span?.setAttribute(']] },
    edit: (seen) => editRejected(seen, (span) => (span.attributes = {})),
    expect: /The span of an invalid order ends as an error/,
    found: /is an error, but has no error\.type/,
    cause: /span\.setAttribute/,
    file: 'stock/app.ts',
  },
  {
    title: 'the span ends only if the work succeeds',
    step: 13,
    edit: (seen) => removeSpans(seen, ({ kind, error }) => kind === 'consumer' && error),
    expect: /The span of an invalid order ends as an error/,
    found: /^stock has no CONSUMER span for an invalid order/,
    cause: /in a finally/,
    file: 'stock/app.ts',
  },

  // Step 14
  {
    title: 'the loader hook is missing in checkout',
    step: 14,
    patch: { 'checkout/tracing.ts': noHook },
    expect: /over gRPC from the gateway|instrumentation creates the PRODUCER span/,
    cause: /register\(…\)/,
    file: /^checkout\/(app|tracing)\.ts$/,
  },
  {
    title: 'the app of checkout still makes a span',
    step: 14,
    patch: {
      'checkout/app.ts': [
        ['import { trace }', 'import { SpanKind, trace }'],
        [
          '      await publish({ items: request.itemsID });',
          "      const own = trace.getTracer('checkout').startSpan('publish', { kind: SpanKind.PRODUCER });\n      await publish({ items: request.itemsID });\n      own.end();",
        ],
      ],
    },
    edit: (seen) => addOwn(seen, 'producer'),
    expect: /The amqplib instrumentation creates the PRODUCER span/,
    cause: /remove the lines that do so/,
    file: 'checkout/app.ts',
  },
  {
    title: 'stock still has no instrumentation',
    step: 14,
    patch: {
      'stock/tracing.ts': [
        [
          'instrumentations: [new PinoInstrumentation(), amqplib]',
          'instrumentations: [new PinoInstrumentation()]',
        ],
        ['new AmqplibInstrumentation(', '('], // created, it would work even without the SDK
      ],
    },
    edit: (seen) => removeSpans(seen, ({ service }) => service === 'stock'),
    expect: /The amqplib instrumentation creates the CONSUMER span/,
    cause: /AmqplibInstrumentation is missing/,
    file: 'stock/tracing.ts',
  },
  {
    title: 'the consumer hook takes the message itself',
    step: 14,
    patch: { 'stock/tracing.ts': [['consumeHook(span, { msg })', 'consumeHook(span, msg: any)']] },
    edit: (seen) => {
      for (const { attributes } of spansWhere(seen, ({ kind }) => kind === 'consumer')) {
        delete attributes['rabbitmq.destination.routing_key'];
      }
    },
    expect: /The CONSUMER span has the name and the attributes/,
    cause: /Set the name and the attributes in consumeHook\(span, \{ msg \}\)/,
    file: 'stock/tracing.ts',
  },
  {
    title: 'the library links, where the parent is expected',
    step: 14,
    patch: { 'stock/tracing.ts': [['  consumeHook(', '  useLinksForConsume: true,\n  consumeHook(']] },
    edit: (seen) => {
      for (const span of spansWhere(seen, ({ kind }) => kind === 'consumer')) {
        span.links = [{ traceId: span.traceId, spanId: span.parentId! }];
      }
      breakOff(seen, 'stock');
    },
    expect: /still a child of checkout's PRODUCER span/,
    cause: /the PRODUCER span should be the parent/,
    file: 'stock/tracing.ts',
  },
  {
    title: 'the publisher has no hook for the names of today',
    step: 14,
    patch: {
      'checkout/tracing.ts': [
        ['    span.updateName(name).setAttributes(attributes);', '    void [span, name, attributes];'],
      ],
    },
    edit: (seen) => {
      for (const { attributes } of spansWhere(seen, ({ kind }) => kind === 'producer')) {
        delete attributes['messaging.operation.name'];
      }
    },
    expect: /The PRODUCER span has the name and the attributes/,
    cause: /The conventions require/,
    file: 'checkout/tracing.ts',
  },
  {
    title: 'the consumer keeps the old name',
    step: 14,
    patch: {
      'stock/tracing.ts': [['span.updateName(name).setAttributes', 'void name;\n    span.setAttributes']],
    },
    edit: (seen) => {
      for (const span of spansWhere(seen, ({ kind }) => kind === 'consumer'))
        span.name = 'stock-queue process';
    },
    expect: /The CONSUMER span has the name and the attributes/,
    cause: /the name consists of/,
    file: 'stock/tracing.ts',
  },

  // Step 15
  {
    title: 'stock no longer has a span for the message',
    step: 15,
    edit: (seen) => removeSpans(seen, ({ kind }) => kind === 'consumer'),
    expect: /The CONSUMER span is a child of/,
    found: /^stock has no span of kind CONSUMER\.$/,
    cause: /AmqplibInstrumentation is missing/,
    file: 'stock/tracing.ts',
  },
  {
    title: 'checkout no longer has a span for the message',
    step: 15,
    edit: (seen) => removeSpans(seen, ({ kind }) => kind === 'producer'),
    expect: /The CONSUMER span is a child of/,
    found: /^checkout has no PRODUCER span/,
    cause: /AmqplibInstrumentation is missing/,
    file: 'checkout/tracing.ts',
  },
  {
    title: 'the timer passes on the context of the first order',
    step: 15,
    patch: { 'stock/app.ts': [['root: true, ', '']] },
    expect: /The inventory is written in a span without a parent/,
    cause: /The timer keeps the context.*root: true/,
    file: 'stock/app.ts',
  },
  {
    title: 'the span has no links',
    step: 15,
    patch: { 'stock/app.ts': [['root: true, links: links.splice(0) }', 'root: true }']] },
    edit: (seen) => {
      for (const span of spansWhere(seen, ({ name }) => name === 'write stock')) span.links = [];
    },
    expect: /The inventory is written in a span without a parent/,
    cause: /Pass the links in the options/,
    file: 'stock/app.ts',
  },
  {
    title: 'the links are the contexts themselves',
    step: 15,
    patch: { 'stock/app.ts': [['{ context: span.spanContext() }', 'span.spanContext() as never']] },
    edit: (seen) => {
      removeSpans(seen, ({ name }) => name === 'write stock');
      seen.lines.get('stock')!.push('    at serializeLink (trace-serializer.js:83:64)');
    },
    expect: /links to the orders/,
    cause: /A link is an object that contains the context/,
    file: 'stock/app.ts',
  },
  {
    title: 'the links stay in the list',
    step: 15,
    patch: { 'stock/app.ts': [['links: links.splice(0) }', 'links }']] },
    edit: (seen) => {
      const [first, ...later] = spansWhere(seen, ({ name }) => name === 'write stock');
      for (const span of later) span.links.unshift(...first!.links);
    },
    expect: /links to the orders that caused it/,
    found: /^Two "write stock" spans of stock link to the same order\.$/,
    cause: /links\.splice\(0\) returns the links and empties the list/,
    file: 'stock/app.ts',
  },
  {
    title: 'only the order that starts the timer is linked',
    step: 15,
    patch: {
      'stock/app.ts': [
        [
          '  const span = trace.getActiveSpan();\n  if (span) links.push({ context: span.spanContext() });\n',
          '',
        ],
        [
          '  const count = orders;\n',
          '  const count = orders;\n  const active = trace.getActiveSpan();\n  if (active) links.push({ context: active.spanContext() });\n',
        ],
      ],
    },
    edit: (seen) => {
      const [, ...later] = spansWhere(seen, ({ name }) => name === 'write stock');
      for (const span of later) span.links.splice(1);
    },
    expect: /links to the orders that caused it/,
    found: /^The inventory was written without a link to \d of 4 orders\.$/,
    cause: /Read the active span in writeSoon, for each order\.$/,
    file: 'stock/app.ts',
  },
  {
    title: 'the write is not awaited', // live, its span may take long enough on a busy machine
    step: 15,
    edit: (seen) => {
      for (const span of spansWhere(seen, ({ name }) => name === 'write stock')) span.durationUs = 700;
      seen.lines.set('stock', []);
    },
    expect: /That span ends after the inventory is written/,
    found: /^The span "write stock" of stock took .*, and the work takes at least 5 ms\.$/,
    cause: /The work is not awaited/,
    file: 'stock/app.ts',
  },
  {
    title: 'the span is never ended',
    step: 15,
    patch: { 'stock/app.ts': [['      span.end();\n', '']] },
    edit: (seen) => removeSpans(seen, ({ name }) => name === 'write stock'),
    expect: /The inventory is written in a span without a parent/,
    cause: /it was never ended/,
    file: 'stock/app.ts',
  },
  {
    title: 'the span ends before the inventory is written',
    step: 15,
    patch: {
      'stock/app.ts': [
        ['      await sleep(5 + random() * 10);', '      span.end();\n      await sleep(5 + random() * 10);'],
      ],
    },
    edit: (seen) => {
      for (const span of spansWhere(seen, ({ name }) => name === 'write stock')) span.durationUs = 50;
    },
    expect: /That span ends after the inventory is written/,
    found: /^The span "write stock" of stock had already ended when stock logged "stock written/,
    cause: /The work is not awaited/,
    file: 'stock/app.ts',
  },
  {
    title: 'stock links where the parent is expected',
    step: 15,
    patch: { 'stock/tracing.ts': [['  consumeHook(', '  useLinksForConsume: true,\n  consumeHook(']] },
    edit: (seen) => breakOff(seen, 'stock'),
    expect: /The CONSUMER span is a child of/,
    cause: /./,
    file: /^stock\//,
  },
];

/** Changes the CONSUMER span of the order that was rejected. */
function editRejected(seen: Parameters<typeof runCall>[0], change: (span: Span) => void): void {
  for (const span of spansWhere(seen, ({ kind, error }) => kind === 'consumer' && error)) change(span);
}

/** Adds a span of the app beside each span that the library made. */
function addOwn(seen: Parameters<typeof runCall>[0], kind: 'producer' | 'consumer'): void {
  for (const { spans } of seen.traces) {
    const byLibrary = spans.filter((span) => span.kind === kind);
    spans.push(...byLibrary.map((span) => ({ ...span, name: 'own', scope: span.service })));
  }
}
