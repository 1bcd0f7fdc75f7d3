import type { Lesson } from '#workshop/check/lesson';
import {
  callsOverGrpc,
  followsConventions,
  hasConsumerSpan,
  hasLinkedRoot,
  isMadeByInstrumentation,
} from '#workshop/check/judges/messages';

const destination = 'exchange:checkout.processed';
const message = {
  'messaging.system': 'rabbitmq',
  'messaging.rabbitmq.destination.routing_key': 'checkout.processed',
};

export default {
  done: 'the library makes the spans of messages, and what has many causes links to them',
  // Written a second after the order. If stock were ended before, it would write at its end, outside of any order.
  awaits: ({ service, kind }) => service === 'stock' && kind === 'internal',
  expectations: [
    {
      expect: 'The PRODUCER span is made by the instrumentation of amqplib',
      judge: isMadeByInstrumentation('checkout', 'producer'),
    },
    {
      expect: 'So is the CONSUMER span',
      judge: isMadeByInstrumentation('stock', 'consumer'),
    },
    {
      expect: 'The trace still leads from the gateway over gRPC to checkout',
      judge: callsOverGrpc('gateway', 'checkout'),
    },
    {
      expect: "The CONSUMER span is still a child of checkout's PRODUCER span",
      judge: hasConsumerSpan('stock', 'checkout'),
    },
    {
      expect: 'The PRODUCER span has the name and the attributes of the conventions of today',
      judge: followsConventions('checkout', 'producer', {
        ...message,
        'messaging.operation.name': 'publish',
        'messaging.operation.type': 'send',
        'messaging.destination.name': destination,
      }),
    },
    {
      expect: 'So has the CONSUMER span',
      judge: followsConventions('stock', 'consumer', {
        ...message,
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': `${destination}:stock-queue`,
      }),
    },
    {
      expect:
        'The stock is written down in a span without a parent, which links to the orders that led to it',
      judge: hasLinkedRoot('stock'),
    },
  ],
} satisfies Lesson;
