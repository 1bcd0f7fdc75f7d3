import { traceThatExplains } from '#workshop/backend/indicators/alerts';
import { Prometheus } from '#workshop/backend/indicators/prometheus';
import type { Alert } from './app.ts';

const PAGES_URL = process.env.JAEGER_URL ?? 'http://localhost:16686';
const PROMETHEUS_URL = process.env.PROMETHEUS_URL ?? 'http://localhost:9090';

/** Where to look first: the trace of the slowest request that the alert is about, or the page of the indicators. */
export async function linkFor(alert: Alert): Promise<string> {
  const indicators = `${PAGES_URL}/indicators`;
  try {
    const traceId = await traceThatExplains(new Prometheus(PROMETHEUS_URL), alert, () => true);
    const isStored = traceId && (await fetch(`${PAGES_URL}/api/traces/${traceId}`)).ok;
    return isStored ? `${PAGES_URL}/trace/${traceId}` : indicators;
  } catch (error) {
    return `${indicators} (${(error as Error).message})`;
  }
}
