import { SpanKind, TraceFlags } from '@opentelemetry/api';
import { hrTimeToMicroseconds } from '@opentelemetry/core';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
} from '@opentelemetry/semantic-conventions';
import { Gauge, Histogram, type OpenMetricsContentType, openMetricsContentType, Registry } from 'prom-client';
import { measureProcess } from '#shared/metrics/process.ts';
import type { RemoteSampler } from './remote-sampler.ts';

const registry = new Registry<OpenMetricsContentType>();
registry.setContentType(openMetricsContentType); // the format that has exemplars
measureProcess(registry);

// The name, the unit, and the labels follow the semantic conventions (without url.scheme and error.type, for brevity).
const duration = new Histogram<string>({
  name: 'http_server_request_duration_seconds',
  help: 'Duration of HTTP server requests.',
  labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2.5, 5], // one ends at what we promise
  enableExemplars: true,
  registers: [registry],
});

/** Counts each request when its SERVER span ends, and adds its duration to the histogram. */
export class RequestCounter implements SpanProcessor {
  /** Shows a count of 0 until the first request, so that Prometheus sees that the service counts. */
  constructor() {
    duration.zero({
      http_request_method: 'GET',
      http_route: '/followers/:name',
      http_response_status_code: '200',
    });
  }

  onStart() {}

  onEnd(span: ReadableSpan) {
    if (span.kind !== SpanKind.SERVER) return;
    const labels = {
      http_request_method: String(span.attributes[ATTR_HTTP_REQUEST_METHOD]),
      http_route: String(span.attributes[ATTR_HTTP_ROUTE] ?? ''),
      http_response_status_code: String(span.attributes[ATTR_HTTP_RESPONSE_STATUS_CODE] ?? ''),
    };
    const value = hrTimeToMicroseconds(span.duration) / 1_000_000; // seconds
    // An exemplar is one of the requests in a bucket. It is useful only if its trace can be looked up.
    const { traceId, traceFlags } = span.spanContext();
    const exemplarLabels = traceFlags & TraceFlags.SAMPLED ? { trace_id: traceId } : {};
    duration.observe({ labels, value, exemplarLabels });
  }

  async forceFlush() {}
  async shutdown() {}
}

/** Shows the ratio that is in force, so that ops can find out when it has changed. */
export function measureSampling(sampler: RemoteSampler) {
  return new Gauge({
    name: 'sampling_ratio',
    help: 'The sampled share of the traces that begin here, from 0 to 1.',
    registers: [registry],
    collect() {
      this.set(sampler.ratio);
    },
  });
}

/** What Prometheus gets when it asks for /metrics. */
export async function readMetrics() {
  return { contentType: registry.contentType, text: await registry.metrics() };
}
