import type { Lesson } from '#workshop/check/lesson';
import { startsAtCaller, hasClientSpan } from '#workshop/check/judges/spans';

export default {
  done: 'the trace begins where the call does, and no header is written by hand',
  expectations: [
    {
      expect: 'The trace begins with a CLIENT span of the caller, a service with a name of its own',
      judge: startsAtCaller('bands-api'),
    },
    {
      expect: "bands-api's request is a CLIENT span too, above the SERVER span of reviews-api",
      judge: hasClientSpan('bands-api', 'reviews-api'),
    },
  ],
} satisfies Lesson;
