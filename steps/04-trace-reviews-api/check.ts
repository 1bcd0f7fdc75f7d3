import type { Lesson } from '#workshop/check/lesson';
import { continuesTrace, isChildOf, propagatesTrace } from '#workshop/check/judges/context';
import { hasServerSpan } from '#workshop/check/judges/spans';

export default {
  done: 'one trace shows both services',
  expectations: [
    {
      expect: 'bands-api passes the trace on: its request to reviews-api has a traceparent',
      judge: propagatesTrace('bands-api', 'reviews-api'),
    },
    {
      expect: 'reviews-api creates a span of kind SERVER for that request',
      judge: hasServerSpan('reviews-api'),
    },
    {
      expect: 'Both services are in the trace that run.ts started',
      judge: continuesTrace('reviews-api'),
    },
    {
      expect: 'The SERVER span of reviews-api is a child of a span of bands-api',
      judge: isChildOf('reviews-api', 'bands-api'),
    },
  ],
} satisfies Lesson;
