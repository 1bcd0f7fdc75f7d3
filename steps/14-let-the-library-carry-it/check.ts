import type { Lesson } from '#workshop/check/lesson';
import {
  callsOverGrpc,
  followsConventions,
  hasConsumerSpan,
  isMadeByInstrumentation,
} from '#workshop/check/judges/messages';

const destination = 'exchange:checkout.processed';
const message = {
  'messaging.system.name': 'rabbitmq',
  'rabbitmq.destination.routing_key': 'checkout.processed',
};

export default {
  done: 'the library makes the spans of messages and carries the context',
  replaces: [12, 13],
  expectations: [
    {
      expect: 'The PRODUCER span is made by the instrumentation of amqplib',
      judge: isMadeByInstrumentation('checkout', 'producer'),
    },
    {
      expect: 'The CONSUMER span is, too',
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
      expect: "The PRODUCER span has the name and the attributes of today's conventions",
      judge: followsConventions('checkout', 'producer', {
        ...message,
        'messaging.operation.name': 'publish',
        'messaging.operation.type': 'send',
        'messaging.destination.name': destination,
      }),
    },
    {
      expect: 'The CONSUMER span has them, too',
      judge: followsConventions('stock', 'consumer', {
        ...message,
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': `${destination}:stock-queue`,
      }),
    },
  ],
} satisfies Lesson;
