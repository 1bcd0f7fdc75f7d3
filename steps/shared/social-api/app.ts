import { setTimeout as sleep } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { ATTR_HTTP_ROUTE } from '@opentelemetry/semantic-conventions';
import Fastify from 'fastify';
import { random } from '#workshop/random';

const FOLLOWERS = 10; // at most, per user
const NAMES = ['ada', 'alan', 'barbara', 'edsger', 'grace', 'hedy', 'jean', 'karen', 'margaret', 'radia'];

/** How well social-api works at the moment. */
interface Weather {
  /** Each response takes this long. */
  delayMs: number;
  /** And up to this much longer. */
  jitterMs: number;
  /** The share of requests, from 0 to 1, that fail with status 500. */
  errorRate: number;
}

const ms = { type: 'number', minimum: 0, maximum: 60_000 };
const weatherSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { delayMs: ms, jitterMs: ms, errorRate: { type: 'number', minimum: 0, maximum: 1 } },
};

/** Builds social-api without listening, so that a test can call it with inject(). */
export function buildApp() {
  const app = Fastify({ logger: true });
  const weather: Weather = { delayMs: 20, jitterMs: 20, errorRate: 0 };
  const followers = new Map<string, string[]>();
  let count = 0;

  // HttpInstrumentation does not know the route.
  app.addHook('onRequest', async ({ method, routeOptions: { url } }) => {
    if (url) trace.getActiveSpan()?.updateName(`${method} ${url}`).setAttribute(ATTR_HTTP_ROUTE, url);
  });

  // Health checks are too frequent to log.
  app.get('/health', { logLevel: 'warn' }, async () => ({ service: 'social-api' }));

  app.get<{ Params: { name: string } }>('/users/:name/followers', async ({ params: { name } }, reply) => {
    await sleep(weather.delayMs + random() * weather.jitterMs);
    if (random() < weather.errorRate) return reply.code(500).send({ message: 'the weather is bad' });

    // Each request adds a follower, so that no two lists are equal.
    const list = followers.get(name) ?? [];
    const follower = `${NAMES[Math.floor(random() * NAMES.length)]}-${++count}`;
    const changed = [...list, follower].slice(-FOLLOWERS);
    followers.set(name, changed);
    return changed;
  });

  app.get('/weather', async () => weather);
  app.put<{ Body: Partial<Weather> }>('/weather', { schema: { body: weatherSchema } }, async ({ body }) =>
    Object.assign(weather, body),
  );

  return app;
}
