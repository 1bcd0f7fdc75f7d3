import * as grpc from '@grpc/grpc-js';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import { pino } from 'pino';
import { describePublish } from '#shared/messages/conventions.ts';
import { messageHeaders } from '#shared/messages/headers.ts';
import { EXCHANGE, ROUTING_KEY } from '#shared/messages/names.ts';
import type { Publisher } from '#shared/messages/publisher.ts';
import { checkoutService, healthService } from '#shared/protos/services.ts';

const tracer = trace.getTracer('checkout');

type Unary<Request, Response> = grpc.handleUnaryCall<Request, Response>;

export const log = pino();

/** Builds checkout without listening. */
export function buildServer({ publish }: Pick<Publisher, 'publish'>) {
  const doCheckout: Unary<{ itemsID: number[] }, { totalAmount: number }> = async ({ request }, respond) => {
    log.info({ items: request.itemsID }, 'checkout started');
    try {
      await inProducerSpan((headers) => publish({ items: request.itemsID }, headers));

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

/** Publishes in a PRODUCER span. The headers of the message carry the context of that span. */
async function inProducerSpan(publish: (headers: object) => Promise<void>) {
  const { name, attributes } = describePublish({ exchange: EXCHANGE, routingKey: ROUTING_KEY });
  await tracer.startActiveSpan(name, { kind: SpanKind.PRODUCER, attributes }, async (span) => {
    try {
      const headers = {};
      propagation.inject(context.active(), headers, messageHeaders);
      await publish(headers);
    } catch (error) {
      span.setAttribute(ATTR_ERROR_TYPE, (error as Error).name);
      span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The gRPC equivalent of /health: says that this is checkout, and that it is running. */
const check: Unary<{ service: string }, { status: string }> = ({ request }, respond) => {
  if (request.service === 'checkout') respond(null, { status: 'SERVING' });
  else respond({ code: grpc.status.NOT_FOUND, details: `this is checkout, not ${request.service}` });
};
