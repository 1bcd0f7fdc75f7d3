import type { Lesson } from '#workshop/check/lesson';
import { followsConventions, hasConsumerSpan, settlesMessages } from '#workshop/check/judges/messages';

export default {
  done: 'one trace over three services, through a queue',
  expectations: [
    {
      expect:
        "stock handles the message in a span of kind CONSUMER, whose parent is checkout's PRODUCER span",
      judge: hasConsumerSpan('stock', 'checkout'),
    },
    {
      expect: 'The span has the name and the attributes that the conventions give to a message',
      judge: followsConventions('stock', 'consumer', {
        'messaging.system': 'rabbitmq',
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': 'exchange:checkout.processed:stock-queue',
        'messaging.rabbitmq.destination.routing_key': 'checkout.processed',
      }),
    },
    {
      expect: 'The message is acknowledged after the work, so that it does not come again',
      judge: settlesMessages('stock'),
    },
  ],
} satisfies Lesson;
