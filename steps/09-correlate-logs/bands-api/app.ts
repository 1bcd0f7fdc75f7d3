import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import Fastify from 'fastify';
import { askReviewsApi } from './reviews.ts';

const tracer = trace.getTracer('bands-api');

const uuid = { type: 'string', format: 'uuid' };
const time = { type: 'string', format: 'date-time' };
const review = { type: 'object', properties: { uuid, body: { type: 'string' }, created: time } };
const band = {
  type: 'object',
  properties: { uuid, name: { type: 'string' }, reviews: { type: 'array', items: review }, created: time },
};
const schema = { params: { type: 'object', properties: { id: uuid } }, response: { 200: band } };

/** Returns the ids of the active span. Pino adds them to each log line, so that the lines of one trace can be found. */
function traceIds() {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

/** Builds bands-api without listening, so that a test can call it with inject(). */
export function buildApp() {
  const app = Fastify({ logger: { mixin: traceIds } });

  // Health checks are too frequent to log.
  app.get('/health', { logLevel: 'warn' }, async () => ({ service: 'bands-api' }));

  app.get<{ Params: { id: string } }>('/bands/:id', { schema }, async function getBand({ params, signal }) {
    const reviews = await inSpan('get reviews', () => getReviews(params.id, signal));
    return { uuid: params.id, name: 'Fugazi', reviews, created: new Date() };
  });

  return app;
}

/** Does some work in a span. Spans that start during the work become children of this span. */
function inSpan<T>(name: string, work: () => Promise<T>) {
  return tracer.startActiveSpan(name, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.recordException(error as Error);
      span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Asks reviews-api for the reviews of a band. */
async function getReviews(bandId: string, signal: AbortSignal) {
  // The propagator writes the active span's context into the headers, as traceparent.
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);

  return askReviewsApi(`/reviews?band_id=${bandId}`, { headers, signal });
}
