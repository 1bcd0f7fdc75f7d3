import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { propagation, trace } from '@opentelemetry/api';
import Fastify from 'fastify';
import { random } from '#workshop/random';

const tracer = trace.getTracer('reviews-api');

const FUGAZI = '553be815-76f3-49db-b9d7-caca4b23cc3e';

const uuid = { type: 'string', format: 'uuid' };
const time = { type: 'string', format: 'date-time' };
const review = { type: 'object', properties: { uuid, body: { type: 'string' }, created: time } };
const schema = {
  querystring: { type: 'object', required: ['band_id'], properties: { band_id: uuid } },
  response: { 200: { type: 'array', items: review } },
};

type ReviewsQuery = { Querystring: { band_id: string } };

/** Returns the ids of the active span. Pino adds them to each log line, so that the lines of one trace can be found. */
function traceIds() {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

/** Builds reviews-api without listening, so that a test can call it with inject(). */
export function buildApp() {
  const app = Fastify({ logger: { mixin: traceIds } });

  // Health checks are too frequent to log.
  app.get('/health', { logLevel: 'warn' }, async () => ({ service: 'reviews-api' }));

  app.get<ReviewsQuery>('/reviews', { schema }, async function listReviews({ query }) {
    const plan = propagation.getActiveBaggage()?.getEntry('customer.plan')?.value;
    trace.getActiveSpan()?.setAttributes({ 'customer.plan': plan });
    return getReviews(query.band_id);
  });

  return app;
}

/** Reads all reviews of a band; only one band has any. */
async function getReviews(bandId: string) {
  const numbers = bandId === FUGAZI ? [1, 2, 3] : [];

  return Promise.all(numbers.map((number) => readReview(number, numbers.length)));
}

/** Reads one review from a store that takes a random fraction of a second. */
async function readReview(number: number, count: number) {
  const span = tracer.startSpan('read review', { attributes: { 'review.number': number } });
  await sleep(100 + random() * 400).finally(() => span.end());

  const body = `This is the review ${number} of ${count} for this band.`;
  return { uuid: randomUUID(), body, created: new Date() };
}
