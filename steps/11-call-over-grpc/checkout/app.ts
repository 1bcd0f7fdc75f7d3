import * as grpc from '@grpc/grpc-js'; // all of it: what `import grpc from` gives stays untraced
import { trace } from '@opentelemetry/api';
import { pino } from 'pino';
import type { Publisher } from '#shared/messages/publisher.ts';
import { checkoutService, healthService } from '#shared/protos/services.ts';

type Unary<Request, Response> = grpc.handleUnaryCall<Request, Response>;

export const log = pino({ mixin: traceIds });

/** Puts the ids of the active span on a log line, so that the lines of one trace can be found. */
function traceIds() {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

/** Builds checkout without listening. */
export function buildServer({ publish }: Pick<Publisher, 'publish'>) {
  const doCheckout: Unary<{ itemsID: number[] }, { totalAmount: number }> = async ({ request }, answer) => {
    log.info({ items: request.itemsID }, 'checkout begins');
    try {
      await publish({ items: request.itemsID });

      const response = { totalAmount: 1234 };
      trace.getActiveSpan()?.addEvent('response', response);
      answer(null, response);
    } catch (error) {
      log.error(error, 'checkout failed');
      answer({
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

/** gRPC's way of /health: tells whoever asks for checkout that it is here. */
const check: Unary<{ service: string }, { status: string }> = ({ request }, answer) => {
  if (request.service === 'checkout') answer(null, { status: 'SERVING' });
  else answer({ code: grpc.status.NOT_FOUND, details: `this is checkout, not ${request.service}` });
};
