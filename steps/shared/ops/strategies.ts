import Fastify from 'fastify';
import type { Sampling } from './internal/sampling.ts';

/**
 * Responds to services that ask how much to sample, at the path and in the format of Jaeger's remote sampling protocol, so
 * that a real Jaeger can take its place. Built without listening.
 */
export function buildStrategies(sampling: Sampling) {
  const app = Fastify();
  const query = {
    type: 'object',
    required: ['service'],
    properties: { service: { type: 'string', minLength: 1 } },
  };
  app.get<{ Querystring: { service: string } }>(
    '/api/sampling',
    { schema: { querystring: query } },
    async (request) => sampling.strategyFor(request.query.service),
  );
  return app;
}
