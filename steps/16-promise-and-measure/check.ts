import type { Lesson } from '#workshop/check/lesson';
import {
  countsEachRequest,
  exposesMetrics,
  hasBucketAt,
  hasDurationHistogram,
  measuresSeconds,
  promises,
} from '#workshop/check/judges/metrics';

export default {
  done: 'each instance counts its requests and measures how long they take',
  calls: {
    'an invalid name': { to: 'followers-api-1', path: '/followers/NOBODY' },
    'social-api is down': {
      to: 'followers-api-2',
      path: '/followers/unlucky',
      blocks: { to: 'social-api', mentioning: 'unlucky' },
    },
    'scrape 1': { to: 'followers-api-1', path: '/metrics', afterwards: true },
    'scrape 2': { to: 'followers-api-2', path: '/metrics', afterwards: true },
    'scrape 3': { to: 'followers-api-3', path: '/metrics', afterwards: true },
  },
  expectations: [
    { expect: 'Each instance responds at /metrics', judge: exposesMetrics('followers-api') },
    {
      expect: 'The durations of requests are in a histogram with the name and the labels of the conventions',
      judge: hasDurationHistogram('followers-api'),
    },
    {
      expect: 'All instances together count each request once, by its status',
      judge: countsEachRequest('followers-api'),
    },
    { expect: 'The durations are in seconds', judge: measuresSeconds('followers-api') },
    { expect: 'A bucket ends at the promised 300 ms', judge: hasBucketAt('followers-api', 0.3) },
    {
      expect:
        'run.ts promises that 99 % of the responses are not server errors, and 95 % take at most 300 ms',
      judge: promises({ available: 0.99, fast: { share: 0.95, withinSeconds: 0.3 } }),
    },
  ],
} satisfies Lesson;
