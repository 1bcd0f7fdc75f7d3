/** What learners of the second chapter get wrong, as in test/check/mistakes.ts. */
import { breakOff, removeSpans, spansWhere } from '../check/edits.ts';
import type { Mistake } from '../check/support.ts';

export const mistakes: Mistake[] = [
  {
    title: 'the loader hook is missing',
    step: 11,
    patch: { 'checkout/tracing.ts': [["register('@opentelemetry", "void ('@opentelemetry"]] },
    edit: (seen) => removeSpans(seen, ({ service }) => service === 'checkout'),
    expect: /a CLIENT span, above checkout's SERVER span/,
    cause: /the loader hook, register\(…\), is missing/,
    file: 'checkout/app.ts',
  },
  {
    title: 'checkout refuses, and the gateway, which is shared, answers with an error',
    step: 11,
    patch: { 'checkout/app.ts': [['answer(null, response);', 'answer({ code: grpc.status.INTERNAL });']] },
    expect: /The call is successful/,
    cause: /gateway threw Error: checkout failed/,
    file: 'steps/shared/gateway/app.ts',
  },
  {
    title: 'the event comes when the call is answered already',
    step: 11,
    patch: {
      'checkout/app.ts': [
        [
          "      trace.getActiveSpan()?.addEvent('response', response);\n      answer(null, response);\n",
          "      answer(null, response);\n      trace.getActiveSpan()?.addEvent('response', response);\n",
        ],
      ],
    },
    edit: (seen) => {
      for (const span of spansWhere(seen, ({ service }) => service === 'checkout')) span.events = [];
    },
    expect: /has an event with the totalAmount/,
    cause: /after that the span has ended/,
    file: 'checkout/app.ts',
  },
  {
    title: 'the headers are filled but not published',
    step: 12,
    patch: {
      'checkout/app.ts': [
        ['publish({ items: request.itemsID }, headers)', 'publish({ items: request.itemsID })'],
        ['asProducer((headers) =>', 'asProducer(() =>'],
      ],
    },
    expect: /The message carries a traceparent/,
    cause: /they are not handed over/,
    file: 'checkout/app.ts',
  },
  {
    title: 'the context is taken before the span is active',
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
    expect: /The message carries a traceparent/,
    cause: /while another span was active/,
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
    cause: /The kind is not said/,
    file: 'checkout/app.ts',
  },
  {
    title: 'the context that came with the message is not passed on',
    step: 13,
    patch: {
      'stock/app.ts': [
        ['options, parent, async', 'options, async'],
        [
          '  const parent = propagation.extract(ROOT_CONTEXT, headers, messageHeaders);\n',
          '  void messageHeaders;\n',
        ],
      ],
    },
    edit: (seen) => breakOff(seen, 'stock'),
    expect: /stock handles the message in a span of kind CONSUMER/,
    cause: /propagation\.extract\(ROOT_CONTEXT, headers, carrier\)/,
    file: 'stock/app.ts',
  },
  {
    title: 'the message is never acknowledged',
    step: 13,
    patch: { 'stock/app.ts': [['  channel.ack(message);\n', '']] },
    expect: /The message is acknowledged after the work/,
    cause: /channel\.ack\(message\)/,
    file: 'stock/app.ts',
  },
  {
    title: 'the spans by hand stay beside the library',
    step: 14,
    patch: {
      'stock/app.ts': [
        [
          'import { type Link, propagation, ROOT_CONTEXT, trace }',
          'import { type Link, propagation, ROOT_CONTEXT, SpanKind, trace }',
        ],
        [
          '    await takeOut(itemsOf(message));',
          "    await tracer.startActiveSpan('by hand', { kind: SpanKind.CONSUMER }, async (own) => {\n      await takeOut(itemsOf(message));\n      own.end();\n    });",
        ],
      ],
    },
    edit: (seen) => {
      for (const { spans } of seen.traces) {
        const byLibrary = spans.filter(({ kind }) => kind === 'consumer');
        spans.push(...byLibrary.map((span) => ({ ...span, name: 'by hand', scope: 'stock' })));
      }
    },
    expect: /So is the CONSUMER span/,
    cause: /The lines by hand are still there/,
    file: 'stock/app.ts',
  },
  {
    title: 'the library links where the parent is asked for',
    step: 14,
    patch: { 'stock/tracing.ts': [['  consumeHook(', '  useLinksForConsume: true,\n  consumeHook(']] },
    edit: (seen) => {
      for (const span of spansWhere(seen, ({ kind }) => kind === 'consumer')) {
        span.links = [{ traceId: span.traceId, spanId: span.parentId! }];
      }
      breakOff(seen, 'stock');
    },
    expect: /still a child of checkout's PRODUCER span/,
    cause: /This step asks for the parent/,
    file: 'stock/app.ts',
  },
  {
    title: 'the publisher has no hook for the names of today',
    step: 14,
    patch: { 'checkout/tracing.ts': [['publishHook(span', 'consumeHook(span']] },
    edit: (seen) => {
      for (const { attributes } of spansWhere(seen, ({ kind }) => kind === 'producer')) {
        delete attributes['messaging.operation.name'];
      }
    },
    expect: /The PRODUCER span has the name and the attributes/,
    cause: /The conventions ask for/,
    file: 'checkout/tracing.ts',
  },
  {
    title: 'the timer takes the context of the first order along',
    step: 14,
    patch: { 'stock/app.ts': [['{ root: true, links }', '{ links }']] },
    expect: /The stock is written down in a span without a parent/,
    cause: /The timer remembers the context.*root: true/,
    file: 'stock/app.ts',
  },
  {
    title: 'the stock is written down in no span',
    step: 14,
    patch: {
      'stock/app.ts': [
        [
          "  await tracer.startActiveSpan('write stock', { root: true, links }, async (span) => {\n",
          '  await (async () => {\n',
        ],
        ['    span.end();\n  });\n', '    void tracer;\n  })();\n'],
      ],
    },
    edit: (seen) => removeSpans(seen, ({ service, kind }) => service === 'stock' && kind === 'internal'),
    expect: /The stock is written down in a span without a parent/,
    cause: /It is in no span/,
    file: 'stock/app.ts',
  },
];
