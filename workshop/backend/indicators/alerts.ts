import type { Alert } from '../../trace/page-data.ts';
import type { Prometheus } from './prometheus.ts';

/**
 * Reads the alerts as Prometheus evaluates them: those that fire, then those that are pending, each with the earliest
 * first.
 * @throws PrometheusError if Prometheus doesn't respond
 */
export async function readAlerts(prometheus: Prometheus): Promise<Alert[]> {
  return (await prometheus.alerts())
    .map(({ labels, annotations, state, activeAt }) => ({
      name: labels['alertname'] ?? '',
      isFiring: state === 'firing',
      sinceMs: Date.parse(activeAt),
      summary: annotations['summary'] ?? '',
      service: labels['job'] ?? '',
      instance: labels['instance'] ?? '',
    }))
    .toSorted((a, b) => Number(b.isFiring) - Number(a.isFiring) || a.sinceMs - b.sinceMs);
}
