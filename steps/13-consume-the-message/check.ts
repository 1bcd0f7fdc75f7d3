import type { Lesson } from '#workshop/check/lesson';
import {
  consumerSpanFails,
  followsConventions,
  hasConsumerSpan,
  lastsAsLongAsWork,
  settlesAfterWork,
} from '#workshop/check/judges/messages';

export default {
  done: 'one trace covers three services, through a queue',
  messages: {
    'an invalid order': {
      to: 'stock',
      content: 'not an order',
      headers: { traceparent: '00-c2ad6b7169203331aa11c80319c4eb22-00f067aa0ba902b7-01' },
    },
  },
  expectations: [
    {
      expect:
        "stock processes the message in a span of kind CONSUMER, whose parent is checkout's PRODUCER span",
      judge: hasConsumerSpan('stock', 'checkout'),
    },
    {
      expect: 'The span has the name and the attributes of the semantic conventions',
      judge: followsConventions('stock', 'consumer', {
        'messaging.system.name': 'rabbitmq',
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': 'exchange:checkout.processed:stock-queue',
        'rabbitmq.destination.routing_key': 'checkout.processed',
      }),
    },
    {
      expect: 'The span ends after the work',
      judge: lastsAsLongAsWork('stock', ({ kind }) => kind === 'consumer', 5), // a wait of at least 5 ms
    },
    {
      expect: 'Each message is acknowledged after the work, or rejected if invalid, and never redelivered',
      judge: settlesAfterWork('stock'),
    },
    {
      expect: 'The span of an invalid order ends as an error, with an error.type',
      judge: consumerSpanFails('stock', 'an invalid order'),
    },
  ],
} satisfies Lesson;
