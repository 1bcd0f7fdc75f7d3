import { fileURLToPath } from 'node:url';
import type { Lesson } from '#workshop/check/lesson';
import {
  adoptsRatio,
  asksWithoutSpans,
  callerAsks,
  countsAll,
  followsCallers,
  samplesShare,
} from '#workshop/check/judges/sampling';

const measured = 'measure.ts';
const unsampled = 'run.ts, not sampled';

export default {
  done: 'the sampling of a service changes while it runs, and parents decide',
  programs: {
    [measured]: {
      file: fileURLToPath(import.meta.resolve('#shared/sampling/measure.ts')),
      // The last one is not never, so that run.ts must ask for its own. An invalid name is enough for a trace.
      words: () => [
        'always',
        '0.5',
        'never',
        'always',
        '--requests=60',
        '--path=/followers/NOBODY',
        '--json',
      ],
    },
    'ops/cli.ts sampling caller never': {
      file: 'ops/cli.ts',
      words: () => ['sampling', 'caller', 'never'],
    },
    [unsampled]: { file: 'run.ts' },
  },
  expectations: [
    {
      expect: 'Each instance adopts a new ratio, and shows it',
      judge: adoptsRatio('followers-api', measured),
    },
    {
      expect:
        'Of the traces that begin in followers-api, the right share is sampled: all, about half, or none',
      judge: samplesShare('followers-api', measured),
    },
    {
      expect: 'If the caller has decided, followers-api follows that decision',
      judge: followsCallers('followers-api', measured),
    },
    {
      expect: 'The indicators count all requests, whatever is sampled',
      judge: countsAll('followers-api', measured),
    },
    {
      expect: 'Asking how much to sample leaves no traces',
      judge: asksWithoutSpans('followers-api/remote-sampler.ts'),
    },
    {
      expect: 'run.ts also asks, and leaves no trace if it is told to sample nothing',
      judge: callerAsks(unsampled),
    },
  ],
} satisfies Lesson;
