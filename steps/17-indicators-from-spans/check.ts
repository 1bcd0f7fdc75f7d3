import type { Lesson } from '#workshop/check/lesson';
import { leavesNoTrace } from '#workshop/check/judges/context';
import {
  countsSpans,
  countsUnsampled,
  hasExemplars,
  measuresSpans,
} from '#workshop/check/judges/span-metrics';

const unsampled = 'a caller that does not want a trace';

export default {
  done: 'the indicators come from spans, and count requests that are not sampled too',
  replaces: [16],
  calls: {
    [unsampled]: {
      to: 'followers-api-3',
      path: '/followers/UNSAMPLED', // invalid, so that it doesn't reach social-api while run.ts makes its calls
      headers: { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00' },
    },
    'an invalid name': { to: 'followers-api-1', path: '/followers/NOBODY' },
    'scrape 1': { to: 'followers-api-1', path: '/metrics', afterwards: true },
    'scrape 2': { to: 'followers-api-2', path: '/metrics', afterwards: true },
    'scrape 3': { to: 'followers-api-3', path: '/metrics', afterwards: true },
  },
  expectations: [
    {
      expect: 'All instances together still count each request once, by its status',
      judge: countsSpans('followers-api'),
    },
    {
      expect: 'Exemplars lead from the histogram to traces that arrived',
      judge: hasExemplars('followers-api'),
    },
    { expect: 'The durations are those of the SERVER spans', judge: measuresSpans('followers-api') },
    {
      expect: 'Requests that are not sampled are counted too',
      judge: countsUnsampled('followers-api', unsampled),
    },
    {
      expect: 'Their spans are still not sent',
      judge: leavesNoTrace(
        unsampled,
        'Spans that are not sampled are exported. The sampler must respect the decision of the caller: wrap a ParentBasedSampler.',
      ),
    },
  ],
} satisfies Lesson;
