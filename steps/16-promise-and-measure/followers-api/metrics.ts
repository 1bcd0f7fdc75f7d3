import type { FastifyReply, FastifyRequest } from 'fastify';
import { Histogram, Registry } from 'prom-client';
import { measureProcess } from '#shared/metrics/process.ts';

const registry = new Registry();
measureProcess(registry);

// The name, the unit, and the labels follow the semantic conventions (without url.scheme and error.type, for brevity).
const duration = new Histogram({
  name: 'http_server_request_duration_seconds',
  help: 'Duration of HTTP server requests.',
  labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2.5, 5], // one ends at what we promise
  registers: [registry],
});

/** Counts a request by its status and by how long it took. */
export async function countRequest({ method, routeOptions }: FastifyRequest, reply: FastifyReply) {
  const labels = {
    http_request_method: method,
    http_route: routeOptions.url!,
    http_response_status_code: reply.statusCode,
  };
  duration.observe(labels, reply.elapsedTime / 1_000); // ms to seconds
}

/** What Prometheus gets when it asks for /metrics. */
export async function readMetrics() {
  return { contentType: registry.contentType, text: await registry.metrics() };
}
