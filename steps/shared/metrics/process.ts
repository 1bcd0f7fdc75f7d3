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

/** Measures this process: its processor time, its memory, and how busy its event loop is. */
export function measureProcess(registry: AnyRegistry) {
  collectDefaultMetrics({ register: registry });
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
