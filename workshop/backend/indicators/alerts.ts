import type { Alert } from '../../trace/page-data.ts';
import { readExemplars } from './exemplars.ts';
import type { Prometheus, PrometheusAlert } from './prometheus.ts';

/** The trace of an alert is that of a request that ended within this time, in s. */
const RECENT = 300;

/**
 * Reads the alerts as Prometheus evaluates them: those that are firing, then those that are pending, each with the
 * earliest first. The annotation `exemplars` of an alert selects the series whose exemplars explain the alert.
 * @throws PrometheusError if Prometheus doesn't respond, or an annotation isn't a selector
 */
export async function readAlerts(
  prometheus: Prometheus,
  hasTrace: (traceId: string) => boolean,
  now = Date.now() / 1_000,
): Promise<Alert[]> {
  const alerts = await Promise.all(
    (await prometheus.alerts()).map(async (alert): Promise<Alert> => ({
      name: alert.labels['alertname'] ?? '',
      isFiring: alert.state === 'firing',
      sinceMs: Date.parse(alert.activeAt),
      summary: alert.annotations['summary'] ?? '',
      service: alert.labels['job'] ?? '',
      instance: alert.labels['instance'] ?? '',
      traceId: (await traceThatExplains(prometheus, alert, hasTrace, now)) ?? '',
    })),
  );
  return alerts.toSorted((a, b) => Number(b.isFiring) - Number(a.isFiring) || a.sinceMs - b.sinceMs);
}

/**
 * The id of the trace that explains an alert best: that of the slowest of the last requests that its annotation `exemplars`
 * selects. Undefined if it has no such annotation, or no exemplar has a trace.
 * @throws PrometheusError if Prometheus doesn't respond, or the annotation isn't a selector
 */
export async function traceThatExplains(
  prometheus: Prometheus,
  { annotations: { exemplars } }: Pick<PrometheusAlert, 'annotations'>,
  hasTrace: (traceId: string) => boolean,
  now = Date.now() / 1_000,
): Promise<string | undefined> {
  if (exemplars === undefined) return undefined;
  const range = { start: now - RECENT, end: now };
  const [slowest] = await readExemplars(prometheus, exemplars, range, hasTrace);
  return slowest?.traceId;
}
