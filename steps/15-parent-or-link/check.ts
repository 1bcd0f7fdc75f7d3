import type { Lesson } from '#workshop/check/lesson';
import { hasConsumerSpan, hasLinkedRoot, lastsAsLongAsWork } from '#workshop/check/judges/messages';

export default {
  done: 'a piece of work links to all of its causes',
  // The inventory is written a second after the order, so the services run until its span arrives.
  awaits: ({ service, kind }) => service === 'stock' && kind === 'internal',
  // Other orders, after the inventory was written: stock writes the inventory again, with links to these orders alone.
  programs: { 'other orders': { file: 'run.ts', words: () => ['--json', '--times=3'] } },
  expectations: [
    {
      expect: "The CONSUMER span is a child of checkout's PRODUCER span",
      judge: hasConsumerSpan('stock', 'checkout', 'instrumentation'),
    },
    {
      expect: 'The inventory is written in a span without a parent, which links to the orders that caused it',
      judge: hasLinkedRoot('stock'),
    },
    {
      expect: 'That span ends after the inventory is written',
      judge: lastsAsLongAsWork('stock', ({ links }) => links.length > 0, 5), // a wait of at least 5 ms
    },
  ],
} satisfies Lesson;
