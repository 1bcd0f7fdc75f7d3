import type { Lesson } from '#workshop/check/lesson';
import { followsConventions, hasProducerSpan, sendsContextAlong } from '#workshop/check/see/messages';

export default {
  done: 'the message takes the context of its span along; nobody reads it yet',
  expectations: [
    {
      expect: 'checkout publishes in a span of kind PRODUCER, below its SERVER span',
      see: hasProducerSpan('checkout'),
    },
    {
      expect: 'The span has the name and the attributes that the conventions give to a message',
      see: followsConventions('checkout', 'producer', {
        'messaging.system': 'rabbitmq',
        'messaging.operation.name': 'publish',
        'messaging.operation.type': 'send',
        'messaging.destination.name': 'exchange:checkout.processed',
        'messaging.rabbitmq.destination.routing_key': 'checkout.processed',
      }),
    },
    {
      expect: 'The message carries a traceparent in its headers, with that span as the parent',
      see: sendsContextAlong('checkout'),
    },
  ],
} satisfies Lesson;
