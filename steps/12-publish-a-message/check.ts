import type { Lesson } from '#workshop/check/lesson';
import { followsConventions, hasProducerSpan, sendsContext } from '#workshop/check/judges/messages';

export default {
  done: 'the message carries the context of its span, but no service reads it yet',
  expectations: [
    {
      expect: 'checkout publishes in a span of kind PRODUCER, below its SERVER span',
      judge: hasProducerSpan('checkout'),
    },
    {
      expect: 'The span has the name and the attributes of the semantic conventions',
      judge: followsConventions('checkout', 'producer', {
        'messaging.system.name': 'rabbitmq',
        'messaging.operation.name': 'publish',
        'messaging.operation.type': 'send',
        'messaging.destination.name': 'exchange:checkout.processed',
        'rabbitmq.destination.routing_key': 'checkout.processed',
      }),
    },
    {
      expect: 'The message has a traceparent in its headers, with that span as the parent',
      judge: sendsContext('checkout'),
    },
  ],
} satisfies Lesson;
