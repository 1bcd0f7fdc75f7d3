import type { Lesson } from '#workshop/check/lesson';
import { hasServerSpan, hasRoute } from '#workshop/check/judges/spans';

export default {
  done: 'bands-api is traced, and you can find the trace by searching',
  expectations: [
    {
      expect: 'bands-api creates a span of kind SERVER for the call',
      judge: hasServerSpan('bands-api'),
    },
    {
      expect: 'Fastify is instrumented too: a span has the route /bands/:id',
      judge: hasRoute('bands-api', '/bands/:id'),
    },
  ],
} satisfies Lesson;
