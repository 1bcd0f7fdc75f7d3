import { Prometheus } from './prometheus.ts';

/** The Prometheus at PROMETHEUS_URL; or a sentence that says that there is none. */
export async function findPrometheus(): Promise<Prometheus | { missing: string }> {
  const url = process.env.PROMETHEUS_URL;
  return url ? new Prometheus(url.replace(/\/$/, '')) : { missing: 'Prometheus is not running.' };
}
