import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import Fastify from 'fastify';
import { request } from 'undici';

const tracer = trace.getTracer('bands-api');

const REVIEWS_API_URL = process.env.REVIEWS_API_URL ?? 'http://localhost:8080';
const REVIEWS_TIMEOUT_MS = Number(process.env.REVIEWS_TIMEOUT_MS ?? 5_000);

const uuid = { type: 'string', format: 'uuid' };
const time = { type: 'string', format: 'date-time' };
const review = { type: 'object', properties: { uuid, body: { type: 'string' }, created: time } };
const band = {
  type: 'object',
  properties: { uuid, name: { type: 'string' }, reviews: { type: 'array', items: review }, created: time },
};
const schema = { params: { type: 'object', properties: { id: uuid } }, response: { 200: band } };

/** Puts the ids of the active span on a log line, so that the lines of one trace can be found. */
function traceIds() {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

/** Builds bands-api without listening, so that a test can call it with inject(). */
export function buildApp() {
  const app = Fastify({ logger: { mixin: traceIds } });

  // Whether the service is here: asked so often that it is worth no line in the log.
  app.get('/health', { logLevel: 'warn' }, async () => ({ service: 'bands-api' }));

  app.get<{ Params: { id: string } }>('/bands/:id', { schema }, async function getBand({ params }) {
    const reviews = await inSpan('get reviews', () => getReviews(params.id));
    return { uuid: params.id, name: 'Fugazi', reviews, created: new Date() };
  });

  return app;
}

/** Does some work in a span of its own; what is called meanwhile becomes a child. */
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
async function getReviews(bandId: string) {
  // The propagator writes the active span's context into the headers, as traceparent.
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);

  try {
    const response = await request(`${REVIEWS_API_URL}/reviews?band_id=${bandId}`, {
      headers,
      signal: AbortSignal.timeout(REVIEWS_TIMEOUT_MS),
    });
    if (response.statusCode !== 200) throw new Error(`it answered with status ${response.statusCode}`);
    return await response.body.json();
  } catch (error) {
    throw reviewsFailed(error as Error);
  }
}

/** What our caller is told when reviews-api fails: 504 if it was too slow, 502 for any other reason. */
function reviewsFailed(cause: Error & { code?: string }) {
  const tooSlow = cause.name === 'TimeoutError';
  // Where localhost has two addresses, and neither answers, the error has a code and no message.
  const reason = tooSlow ? `no answer within ${REVIEWS_TIMEOUT_MS} ms` : cause.message || cause.code;
  return Object.assign(new Error(`reviews-api failed: ${reason}`, { cause }), {
    statusCode: tooSlow ? 504 : 502,
  });
}
