import type { Lesson } from '#workshop/check/lesson';
import { hasLinkedRoot, isMadeByInstrumentation } from '#workshop/check/see/messages';

export default {
  done: 'the library makes the spans of messages, and what has many causes links to them',
  // Written a second after the order. If stock were ended before, it would write at its end, outside of any order.
  awaits: ({ service, kind }) => service === 'stock' && kind === 'internal',
  expectations: [
    {
      expect: 'The PRODUCER span is made by the instrumentation of amqplib',
      see: isMadeByInstrumentation('checkout', 'producer'),
    },
    {
      expect: 'So is the CONSUMER span',
      see: isMadeByInstrumentation('stock', 'consumer'),
    },
    {
      expect:
        'The stock is written down in a span without a parent, which links to the orders that led to it',
      see: hasLinkedRoot('stock'),
    },
  ],
} satisfies Lesson;
