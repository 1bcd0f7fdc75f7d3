import { fileURLToPath } from 'node:url';
import {
  keepsTracesTogether,
  losesNothing,
  sendsToTheNext,
  survivesANode,
  waitsForCopies,
} from '#workshop/check/judges/chain';
import type { Lesson } from '#workshop/check/lesson';

const program = 'send-traces.ts';

export default {
  done: 'one machine can fail without stopping the chain',
  programs: {
    [program]: {
      file: fileURLToPath(import.meta.resolve('#shared/scale/send-traces.ts')),
      words: () => ['--traces=300', '--json'],
    },
  },
  // The agents and collectors of the chain take the place of the collector, and move.ts is no longer there.
  ends: [24, 25],
  expectations: [
    {
      expect: 'Each program of the chain sends to the place where the next one listens',
      judge: sendsToTheNext,
    },
    {
      expect: 'Agents send all spans of a trace to one collector that is running',
      judge: keepsTracesTogether,
    },
    { expect: 'Collectors wait until Kafka has stored every copy', judge: waitsForCopies },
    { expect: 'Cassandra keeps two copies, and can do without one node', judge: survivesANode },
    {
      expect: 'If the chain is running, all traces with an error and all slow ones arrive whole',
      judge: losesNothing(program),
    },
  ],
} satisfies Lesson;
