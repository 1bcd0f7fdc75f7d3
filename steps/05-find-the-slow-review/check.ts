import type { Lesson } from '#workshop/check/lesson';
import { hasCustomSpanAround, hasCustomSpans, customSpanFails } from '#workshop/check/judges/spans';

const unreachable = '4d6cbb3b-0d7c-4c55-8d0f-6f5a8f9f2f10';

export default {
  done: 'your own spans show what the services do in all that time',
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
      expect:
        'bands-api has a span of your own around getting the reviews: what happens meanwhile lies below it',
      judge: hasCustomSpanAround('bands-api', 'reviews-api'),
    },
    {
      expect: 'reviews-api has a span of your own for each of the three reviews',
      judge: hasCustomSpans('reviews-api', 3),
    },
    {
      expect:
        'When reviews-api is down, the span of bands-api ends all the same, as an error with its exception',
      judge: customSpanFails('bands-api', 'a call while reviews-api is down'),
    },
  ],
} satisfies Lesson;
