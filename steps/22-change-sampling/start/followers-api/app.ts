import { trace } from '@opentelemetry/api';
import { ATTR_HTTP_ROUTE } from '@opentelemetry/semantic-conventions';
import Fastify from 'fastify';
import { openDatabase } from './database.ts';
import { readMetrics } from './metrics.ts';
import { askForFollowers } from './social.ts';

const name = { type: 'string', pattern: '^[a-z][a-z0-9-]{0,30}$' };
const schema = {
  params: { type: 'object', properties: { name } },
  response: { 200: { type: 'array', items: { type: 'string' } } },
};
const options = { schema };

/** Builds followers-api without listening, so that a test can call it with inject(). */
export function buildApp() {
  const app = Fastify({ logger: true });
  const database = openDatabase();
  app.addHook('onClose', async () => database.close());

  // HttpInstrumentation does not know the route.
  app.addHook('onRequest', async ({ method, routeOptions: { url } }) => {
    if (url) trace.getActiveSpan()?.updateName(`${method} ${url}`).setAttribute(ATTR_HTTP_ROUTE, url);
  });

  // Health checks are too frequent to log.
  app.get('/health', { logLevel: 'warn' }, async () => ({ service: 'followers-api' }));
  app.get('/metrics', { logLevel: 'warn' }, async (_request, reply) => {
    const { contentType, text } = await readMetrics();
    return reply.header('content-type', contentType).send(text);
  });

  app.get<{ Params: { name: string } }>('/followers/:name', options, async ({ params }) => {
    const followers = await askForFollowers(params.name);
    return database.replaceFollowers(params.name, followers);
  });

  return app;
}
