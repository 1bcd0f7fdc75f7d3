import type { Exemplar } from '../../trace/page-data.ts';
import type { Prometheus, Range } from './prometheus.ts';

/** Of the exemplars of an instance within this time, in s, only the slowest success and the slowest failure are shown. */
const SLOT = 15;

/**
 * Reads the exemplars of the series that an expression selects, the slowest first. Those without a trace, for which
 * `hasTrace` is false, are left out.
 * @throws PrometheusError if Prometheus doesn't respond, or can't parse the expression
 */
export async function readExemplars(
  prometheus: Prometheus,
  expression: string,
  range: Pick<Range, 'start' | 'end'>,
  hasTrace: (traceId: string) => boolean,
): Promise<Exemplar[]> {
  const slowest = new Map<string, Exemplar>();
  for (const { labels, value, time } of await prometheus.exemplars(expression, range)) {
    const exemplar: Exemplar = {
      traceId: labels['trace_id'] ?? '',
      service: labels['job'] ?? '',
      instance: labels['instance'] ?? '',
      time,
      duration: value,
      method: labels['http_request_method'] ?? '',
      route: labels['http_route'] ?? '',
      status: labels['http_response_status_code'] ?? '',
    };
    const { service, instance, status } = exemplar;
    const slot = [Math.floor(time / SLOT), service, instance, status >= '500'].join('\0');
    const isSlower = value > (slowest.get(slot)?.duration ?? -1);
    if (isSlower && hasTrace(exemplar.traceId)) slowest.set(slot, exemplar);
  }
  return [...slowest.values()].toSorted((a, b) => b.duration - a.duration);
}
