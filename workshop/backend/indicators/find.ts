import { describe, knownAddress, lookFor } from '../../parts/look.ts';
import { prometheus } from '../../parts/prometheus.ts';
import { Prometheus } from './prometheus.ts';

/**
 * Asks the Prometheus at PROMETHEUS_URL, or the one that the workshop has started. Only if it fails is it looked for: if
 * there is none, a sentence says how to get it.
 * @throws UserError if PROMETHEUS_URL isn't a valid URL
 * @throws PrometheusError if Prometheus is running but can't respond
 */
export async function askPrometheus<Result>(
  ask: (prometheus: Prometheus) => Promise<Result>,
): Promise<Result | { missing: string }> {
  const address = knownAddress(prometheus);
  let failure: unknown;
  if (address) {
    try {
      return await ask(new Prometheus(address['PROMETHEUS_URL']!));
    } catch (error) {
      failure = error;
    }
  }
  const found = await lookFor(prometheus);
  if (failure && 'address' in found) throw failure;
  return { missing: describe(prometheus, found) };
}
