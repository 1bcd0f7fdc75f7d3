import type { Lesson } from '#workshop/check/lesson';
import { continuesTrace, liesBelow, passesTraceOn } from '#workshop/check/see/context';
import { hasServerSpan } from '#workshop/check/see/spans';

export default {
  done: 'one trace over two services',
  expectations: [
    {
      expect: 'bands-api passes the trace on: its request to reviews-api carries a traceparent',
      see: passesTraceOn('bands-api', 'reviews-api'),
    },
    {
      expect: 'reviews-api makes a span of kind SERVER for that request',
      see: hasServerSpan('reviews-api'),
    },
    {
      expect: 'Both services are in the trace that run.ts began',
      see: continuesTrace('reviews-api'),
    },
    {
      expect: "The SERVER span of reviews-api lies below bands-api's",
      see: liesBelow('reviews-api', 'bands-api'),
    },
  ],
} satisfies Lesson;
