import type { Lesson } from '#workshop/check/lesson';
import { hasServerSpan, knowsRoute } from '#workshop/check/see/spans';

export default {
  done: 'bands-api is traced, and you can find the trace by searching',
  expectations: [
    {
      expect: 'bands-api makes a span of kind SERVER for the call',
      see: hasServerSpan('bands-api'),
    },
    {
      expect: 'Fastify is traced too: a span knows the route /bands/:id',
      see: knowsRoute('bands-api', '/bands/:id'),
    },
  ],
} satisfies Lesson;
