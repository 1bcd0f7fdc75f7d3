import type { Lesson } from '#workshop/check/lesson';
import { continuesTrace, isChildOf, propagatesTrace } from '#workshop/check/judges/context';
import { hasServerSpan } from '#workshop/check/judges/spans';

export default {
  done: 'one trace over two services',
  expectations: [
    {
      expect: 'bands-api passes the trace on: its request to reviews-api carries a traceparent',
      judge: propagatesTrace('bands-api', 'reviews-api'),
    },
    {
      expect: 'reviews-api makes a span of kind SERVER for that request',
      judge: hasServerSpan('reviews-api'),
    },
    {
      expect: 'Both services are in the trace that run.ts began',
      judge: continuesTrace('reviews-api'),
    },
    {
      expect: "The SERVER span of reviews-api lies below bands-api's",
      judge: isChildOf('reviews-api', 'bands-api'),
    },
  ],
} satisfies Lesson;
