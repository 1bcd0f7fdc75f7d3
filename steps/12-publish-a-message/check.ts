import type { Lesson } from '#workshop/check/lesson';
import { followsConventions, hasProducerSpan, sendsContext } from '#workshop/check/judges/messages';

export default {
  done: 'the message takes the context of its span along; nobody reads it yet',
  expectations: [
    {
      expect: 'checkout publishes in a span of kind PRODUCER, below its SERVER span',
      judge: hasProducerSpan('checkout'),
    },
    {
      expect: 'The span has the name and the attributes that the conventions give to a message',
      judge: followsConventions('checkout', 'producer', {
        'messaging.system': 'rabbitmq',
        'messaging.operation.name': 'publish',
        'messaging.operation.type': 'send',
        'messaging.destination.name': 'exchange:checkout.processed',
        'messaging.rabbitmq.destination.routing_key': 'checkout.processed',
      }),
    },
    {
      expect: 'The message carries a traceparent in its headers, with that span as the parent',
      judge: sendsContext('checkout'),
    },
  ],
} satisfies Lesson;
