import * as grpc from '@grpc/grpc-js'; // a default import (import grpc from …) would stay untraced
import { trace } from '@opentelemetry/api';
import { ATTR_HTTP_ROUTE } from '@opentelemetry/semantic-conventions';
import Fastify from 'fastify';
import { checkoutService } from '#shared/protos/services.ts';

const CHECKOUT_ADDRESS = process.env.CHECKOUT_SERVICE_ADDRESS ?? 'localhost:8080';
const CHECKOUT_TIMEOUT_MS = Number(process.env.CHECKOUT_TIMEOUT_MS ?? 5_000);
const BASKET = [1, 2, 3, 4];

const Checkout = grpc.makeClientConstructor(checkoutService, 'Checkout');

/** Builds the gateway without listening, so that a test can call it with inject(). */
export function buildApp() {
  const app = Fastify({ logger: true });
  const checkout = new Checkout(CHECKOUT_ADDRESS, grpc.credentials.createInsecure(), {
    'grpc.max_reconnect_backoff_ms': 1_000, // reconnects within a second when checkout is back; the default is up to two minutes
  });
  app.addHook('onClose', async () => checkout.close());

  // HttpInstrumentation does not know the route. FastifyInstrumentation does, but it adds a span for each handler.
  app.addHook('onRequest', async ({ method, routeOptions: { url } }) => {
    if (url) trace.getActiveSpan()?.updateName(`${method} ${url}`).setAttribute(ATTR_HTTP_ROUTE, url);
  });

  // Health checks are too frequent to log.
  app.get('/health', { logLevel: 'warn' }, async () => ({ service: 'gateway' }));

  app.post('/api/checkout', async (_request, reply) => {
    await doCheckout(BASKET);
    return reply.code(202).send();
  });

  app.setNotFoundHandler(async ({ url }, reply) => {
    if (url.split('?')[0] === '/api/checkout') return reply.code(405).header('allow', 'POST').send();
    return reply.code(404).send();
  });

  return app;

  /** Asks checkout to sell some items. */
  function doCheckout(itemsID: number[]) {
    return new Promise<void>((resolve, reject) => {
      const deadline = Date.now() + CHECKOUT_TIMEOUT_MS;
      checkout['DoCheckout']!({ itemsID }, { deadline }, (error: grpc.ServiceError | null) => {
        if (error) reject(new Error(`checkout failed: ${error.details}`, { cause: error }));
        else resolve();
      });
    });
  }
}
