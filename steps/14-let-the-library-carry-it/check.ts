import type { Lesson } from '#workshop/check/lesson';
import {
  callsOverGrpc,
  followsConventions,
  hasConsumerSpan,
  instrumentationCreates,
} from '#workshop/check/judges/messages';

const destination = 'exchange:checkout.processed';
const message = {
  'messaging.system.name': 'rabbitmq',
  'rabbitmq.destination.routing_key': 'checkout.processed',
};

export default {
  done: 'the library creates the spans for messages and carries the context',
  replaces: [12, 13],
  expectations: [
    {
      expect: 'The amqplib instrumentation creates the PRODUCER span',
      judge: instrumentationCreates('checkout', 'producer'),
    },
    {
      expect: 'The amqplib instrumentation creates the CONSUMER span',
      judge: instrumentationCreates('stock', 'consumer'),
    },
    {
      expect: 'The trace still continues over gRPC from the gateway to checkout',
      judge: callsOverGrpc('gateway', 'checkout'),
    },
    {
      expect: "The CONSUMER span is still a child of checkout's PRODUCER span",
      judge: hasConsumerSpan('stock', 'checkout', 'instrumentation'),
    },
    {
      expect: 'The PRODUCER span has the name and the attributes of the current conventions',
      judge: followsConventions('checkout', 'producer', {
        ...message,
        'messaging.operation.name': 'publish',
        'messaging.operation.type': 'send',
        'messaging.destination.name': destination,
      }),
    },
    {
      expect: 'The CONSUMER span has the name and the attributes of the current conventions',
      judge: followsConventions('stock', 'consumer', {
        ...message,
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': `${destination}:stock-queue`,
      }),
    },
  ],
} satisfies Lesson;
