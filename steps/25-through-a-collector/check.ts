import { fileURLToPath } from 'node:url';
import {
  countsEverything,
  keepsATenth,
  keepsEvery,
  limitsAndBatches,
  passesOn,
  publishesCollector,
} from '#workshop/check/judges/collector';
import type { Lesson } from '#workshop/check/lesson';

const requests = 'requests.ts';

export default {
  done: 'the collector keeps the traces that matter, and counts every request',
  programs: {
    [requests]: {
      file: fileURLToPath(import.meta.resolve('#shared/tail-sampling/requests.ts')),
      words: () => ['--json'],
    },
  },
  // Through a collector that samples, not every span arrives.
  ends: [24],
  expectations: [
    { expect: 'trace-endpoint publishes the address of the collector', judge: publishesCollector },
    { expect: 'The spans of bands-api arrive through it', judge: passesOn('bands-api') },
    { expect: 'It limits its memory, and sends spans in batches', judge: limitsAndBatches },
    { expect: 'It keeps every trace with an error', judge: keepsEvery('failed', requests) },
    { expect: 'It keeps every slow trace', judge: keepsEvery('slow', requests) },
    { expect: 'It keeps a tenth of the others', judge: keepsATenth(requests) },
    {
      expect: 'Its metrics count every request, even those without a trace',
      judge: countsEverything(requests),
    },
  ],
} satisfies Lesson;
