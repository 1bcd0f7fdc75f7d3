/** Programs that solve a step in a different way than its folder does, run as learners run them: the check must pass. */
import { test } from 'node:test';
import { assertPassed, fewAtATime, type Patch, runMistake } from '../check/support.ts';
import { brokerMissing, startBroker } from '../support/broker.ts';

const checkout = 'checkout/app.ts';
const stock = 'stock/app.ts';
const tracing = 'stock/tracing.ts';

/** What each program changes in the step with this number. */
const programs: { step: number; title: string; patch: Patch }[] = [
  {
    step: 11,
    title: 'the response is in the log',
    patch: {
      [checkout]: [
        ["trace.getActiveSpan()?.addEvent('response', response);", "log.info({ response }, 'responding');"],
      ],
    },
  },
  {
    step: 11,
    title: 'the response is in the attributes of the span',
    patch: {
      [checkout]: [["addEvent('response', response)", 'setAttributes(response)']],
    },
  },
  {
    step: 12,
    title: 'the span is never active: its context is created and passed on explicitly',
    patch: {
      [checkout]: [
        [
          'await tracer.startActiveSpan(name, { kind: SpanKind.PRODUCER, attributes }, async (span) => {\n',
          'const span = tracer.startSpan(name, { kind: SpanKind.PRODUCER, attributes });\n',
        ],
        ['inject(context.active(),', 'inject(trace.setSpan(context.active(), span),'],
        ['      span.end();\n    }\n  });', '      span.end();\n    }'],
      ],
    },
  },
  {
    step: 12,
    title: 'the attributes are set one by one, and the name is set last',
    patch: {
      [checkout]: [
        [
          'startActiveSpan(name, { kind: SpanKind.PRODUCER, attributes }, async (span) => {\n    try {\n',
          "startActiveSpan('send', { kind: SpanKind.PRODUCER }, async (span) => {\n    try {\n      for (const [key, value] of Object.entries(attributes)) span.setAttribute(key, value);\n      span.updateName(name);\n",
        ],
      ],
    },
  },
  {
    step: 13,
    title: 'the context of the message is active before the span starts',
    patch: {
      [stock]: [
        ['import { propagation,', 'import { context, propagation,'],
        [
          'await tracer.startActiveSpan(name, { kind: SpanKind.CONSUMER, attributes }, parent, async (span) => {',
          'await context.with(parent, () => tracer.startActiveSpan(name, { kind: SpanKind.CONSUMER, attributes }, async (span) => {',
        ],
        ['      span.end();\n    }\n  });', '      span.end();\n    }\n  }));'],
      ],
    },
  },
  {
    step: 13,
    title: 'the span also records the exception, and logs more',
    patch: {
      [stock]: [
        [
          "    log.error(error, 'order rejected');",
          "    span?.recordException(error as Error);\n    log.error(error, 'order rejected');",
        ],
        [
          "  log.info('order taken out of stock');",
          "  log.info('order taken out of stock');\n  log.info('and acknowledged soon');",
        ],
      ],
    },
  },
  {
    step: 14,
    title: 'the instrumentations are registered without the SDK',
    patch: {
      [tracing]: [
        [
          "import { NodeSDK } from '@opentelemetry/sdk-node';",
          "import { registerInstrumentations } from '@opentelemetry/instrumentation';\nimport { NodeSDK } from '@opentelemetry/sdk-node';",
        ],
        ['  instrumentations: [new PinoInstrumentation(), amqplib],\n', ''],
        [
          'sdk.start();',
          'sdk.start();\nregisterInstrumentations({ instrumentations: [new PinoInstrumentation(), amqplib] });',
        ],
      ],
    },
  },
  {
    step: 14,
    title: 'the hook is set after the instrumentation is created',
    patch: {
      [tracing]: [
        [
          'const amqplib = new AmqplibInstrumentation({',
          'const amqplib = new AmqplibInstrumentation();\namqplib.setConfig({',
        ],
      ],
    },
  },
  {
    step: 15,
    title: 'the links are added after the span has started',
    patch: {
      [stock]: [
        ['const options = { root: true, links: links.splice(0) };', 'const options = { root: true };'],
        [
          'async (span) => {\n    try {\n',
          'async (span) => {\n    span.addLinks(links.splice(0));\n    try {\n',
        ],
      ],
    },
  },
  {
    step: 15,
    title: 'the span has no parent because it starts in the root context, and is never active',
    patch: {
      [stock]: [
        ['import { type Link, trace }', 'import { type Link, ROOT_CONTEXT, trace }'],
        ['const options = { root: true, links:', 'const options = { links:'],
        [
          "await tracer.startActiveSpan('write stock', options, async (span) => {\n",
          "const span = tracer.startSpan('write stock', options, ROOT_CONTEXT);\n",
        ],
        ['      span.end();\n    }\n  });', '      span.end();\n    }'],
      ],
    },
  },
];

if (!brokerMissing) Object.assign(process.env, (await startBroker()).env);

const results = brokerMissing ? [] : fewAtATime(3, programs, runMistake);
for (const [index, { step, title }] of programs.entries()) {
  test(`step ${step} passes: ${title}`, { skip: brokerMissing }, async () =>
    assertPassed(await results[index]!),
  );
}
