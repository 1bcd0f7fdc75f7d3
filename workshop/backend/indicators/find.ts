import { describe, lookFor } from '../../parts/look.ts';
import { prometheus } from '../../parts/prometheus.ts';
import { Prometheus } from './prometheus.ts';

/**
 * The Prometheus at PROMETHEUS_URL, or the one that the workshop has started; otherwise a sentence that says how to get it.
 * @throws UserError if PROMETHEUS_URL isn't a valid URL
 */
export async function findPrometheus(): Promise<Prometheus | { missing: string }> {
  const found = await lookFor(prometheus);
  if ('address' in found) return new Prometheus(found.address['PROMETHEUS_URL']!);
  return { missing: describe(prometheus, found) };
}
