import type { Lesson } from '#workshop/check/lesson';
import {
  customSpanFails,
  hasCustomSpanAround,
  hasCustomSpans,
  haveAttribute,
} from '#workshop/check/judges/spans';

// Reading a review takes at least 100 ms, and a timer may fire a little early.
export const READ_MS = 90;
const unreachable = '4d6cbb3b-0d7c-4c55-8d0f-6f5a8f9f2f10';

export default {
  done: 'your spans show what the services do during the call',
  calls: {
    'a call while reviews-api is down': {
      to: 'bands-api',
      path: `/bands/${unreachable}`,
      headers: { traceparent: '00-5d2a6bf7b3e14f6a9c0de1f2a3b4c5d6-1f2e3d4c5b6a7988-01' },
      blocks: { to: 'reviews-api', mentioning: unreachable },
    },
  },
  expectations: [
    {
      expect: 'bands-api has your span around getting the reviews, with the SERVER span of reviews-api in it',
      judge: hasCustomSpanAround('bands-api', 'reviews-api'),
    },
    {
      expect: 'In reviews-api, a custom span covers the reading of each of the three reviews',
      judge: hasCustomSpans('reviews-api', 3, { minMs: READ_MS }),
    },
    {
      expect: 'Each of the three spans has the number of its review as review.number',
      judge: haveAttribute('reviews-api', 'review.number', [1, 2, 3]),
    },
    {
      expect:
        'When reviews-api is down, your span records the exception and ends as an error, and the response is still 502',
      judge: customSpanFails('bands-api', 'a call while reviews-api is down', { status: 502 }),
    },
  ],
} satisfies Lesson;
