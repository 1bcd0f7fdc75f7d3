import Fastify from 'fastify';
import { addressOf, isOpen, type Place, readPlace } from './place.ts';
import { Publisher } from './publisher.ts';

const NAME = 'trace-endpoint';

/** Builds trace-endpoint without listening. It publishes where spans are received, to the applications that ask. */
export function buildApp() {
  const app = Fastify({ logger: true });
  const requirers = (process.env.REQUIRERS ?? '').split(',');
  const publisher = new Publisher({ name: NAME, requirers, log: app.log });

  // Health checks are too frequent to log.
  app.get('/health', { logLevel: 'warn' }, async () => ({ service: NAME }));

  app.get('/receivers', async () => receivers(publisher.place));

  app.put('/receivers', async ({ body }, reply) => {
    const place = readPlace(body);
    if (!(await isOpen(place))) {
      const message = `Nothing listens at ${addressOf(place)}: start the receiver first, then move the endpoint.`;
      return reply.code(409).send({ statusCode: 409, error: 'Conflict', message });
    }
    publisher.moveTo(place);
    return receivers(place);
  });

  app.delete('/receivers', async () => {
    publisher.withdraw();
    return receivers(null);
  });

  app.addHook('onReady', () => publisher.start());
  app.addHook('onClose', async () => publisher.close());
  return app;
}

function receivers(place: Place | null) {
  return { otlp_grpc: place && addressOf(place) };
}
