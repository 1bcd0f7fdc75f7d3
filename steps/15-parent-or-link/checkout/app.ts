import * as grpc from '@grpc/grpc-js';
import { trace } from '@opentelemetry/api';
import { pino } from 'pino';
import type { Publisher } from '#shared/messages/publisher.ts';
import { checkoutService, healthService } from '#shared/protos/services.ts';

type Unary<Request, Response> = grpc.handleUnaryCall<Request, Response>;

export const log = pino();

/** Builds checkout without listening. */
export function buildServer({ publish }: Pick<Publisher, 'publish'>) {
  const doCheckout: Unary<{ itemsID: number[] }, { totalAmount: number }> = async ({ request }, respond) => {
    log.info({ items: request.itemsID }, 'checkout started');
    try {
      await publish({ items: request.itemsID });

      const response = { totalAmount: 1234 };
      trace.getActiveSpan()?.addEvent('response', response);
      respond(null, response);
    } catch (error) {
      log.error(error, 'checkout failed');
      respond({
        code: grpc.status.UNAVAILABLE,
        details: `the order was not confirmed: ${(error as Error).message}`,
      });
    }
  };

  const server = new grpc.Server();
  server.addService(healthService, { Check: check });
  server.addService(checkoutService, { DoCheckout: doCheckout });
  return server;
}

/** The gRPC equivalent of /health: says that this is checkout, and that it is running. */
const check: Unary<{ service: string }, { status: string }> = ({ request }, respond) => {
  if (request.service === 'checkout') respond(null, { status: 'SERVING' });
  else respond({ code: grpc.status.NOT_FOUND, details: `this is checkout, not ${request.service}` });
};
