import * as grpc from '@grpc/grpc-js'; // all of it: what `import grpc from` gives stays untraced
import { context, trace } from '@opentelemetry/api';
import { getRPCMetadata } from '@opentelemetry/core';
import Fastify from 'fastify';
import { checkoutService } from '#shared/protos/services.ts';

const CHECKOUT_ADDRESS = process.env.CHECKOUT_SERVICE_ADDRESS ?? 'localhost:8080';
const CHECKOUT_TIMEOUT_MS = Number(process.env.CHECKOUT_TIMEOUT_MS ?? 5_000);
const BASKET = [1, 2, 3, 4];

const Checkout = grpc.makeClientConstructor(checkoutService, 'Checkout');

/** Puts the ids of the active span on a log line, so that the lines of one trace can be found. */
function traceIds() {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

/** Builds the gateway without listening, so that a test can call it with inject(). */
export function buildApp() {
  const app = Fastify({ logger: { mixin: traceIds } });
  // It was the broker or checkout that was away: ask again soon, not only after two minutes, as gRPC would at last.
  const checkout = new Checkout(CHECKOUT_ADDRESS, grpc.credentials.createInsecure(), {
    'grpc.max_reconnect_backoff_ms': 1_000,
  });
  app.addHook('onClose', async () => checkout.close());

  // A body may come with the request; nobody reads it, whatever it calls itself.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    '*',
    (_request, payload, done) => void payload.resume().on('end', () => done(null)),
  );
  app.addHook('onRequest', async ({ headers }) => {
    headers['content-type'] = 'application/octet-stream';
  });

  // The span of a request is named after its route, which only the router knows.
  app.addHook('onRequest', async ({ routeOptions }) => {
    const request = getRPCMetadata(context.active());
    if (request && routeOptions.url) request.route = routeOptions.url;
  });

  // Whether the service is here: asked so often that it is worth no line in the log.
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
