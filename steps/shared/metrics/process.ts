import { performance } from 'node:perf_hooks';
import {
  collectDefaultMetrics,
  Gauge,
  type OpenMetricsContentType,
  type PrometheusContentType,
  type Registry,
} from 'prom-client';

/** A registry of either format. */
type AnyRegistry = Registry<PrometheusContentType> | Registry<OpenMetricsContentType>;

/**
 * Measures this process: its processor time, its memory, and how busy its event loop is. Says which version it runs, if
 * OTEL_RESOURCE_ATTRIBUTES has a service.version.
 */
export function measureProcess(registry: AnyRegistry) {
  collectDefaultMetrics({ register: registry });
  const [, version] =
    /(?:^|,)service\.version=([^,]*)/.exec(process.env.OTEL_RESOURCE_ATTRIBUTES ?? '') ?? [];
  if (version) {
    const options = { name: 'build_info', help: 'The version of this service.', labelNames: ['version'] };
    new Gauge({ ...options, registers: [registry] }).set({ version }, 1);
  }
  let before = performance.eventLoopUtilization();
  return new Gauge({
    name: 'nodejs_eventloop_utilization',
    help: 'Share of the time since the last scrape in which the event loop was busy, from 0 to 1.',
    registers: [registry],
    collect() {
      const now = performance.eventLoopUtilization();
      this.set(performance.eventLoopUtilization(now, before).utilization);
      before = now;
    },
  });
}
