import { Prometheus } from '#workshop/backend/indicators/prometheus';
import type { Alert } from './app.ts';

const PAGES_URL = process.env.JAEGER_URL ?? 'http://localhost:16686';
const PROMETHEUS_URL = process.env.PROMETHEUS_URL ?? 'http://localhost:9090';
const BEFORE_S = 60; // an alert fires some time after its cause

/** Where to look first: the trace of the slowest request that the alert is about, or the page of the indicators. */
export async function linkFor({ annotations: { exemplars }, startsAt }: Alert): Promise<string> {
  const indicators = `${PAGES_URL}/indicators`;
  if (exemplars === undefined) return indicators;
  const start = Date.parse(startsAt) / 1_000 - BEFORE_S;
  try {
    const found = await new Prometheus(PROMETHEUS_URL).exemplars(exemplars, {
      start,
      end: Date.now() / 1_000,
    });
    const [slowest] = found.toSorted((a, b) => b.value - a.value);
    return slowest ? `${PAGES_URL}/trace/${slowest.labels['trace_id']}` : indicators;
  } catch (error) {
    return `${indicators} (${(error as Error).message})`;
  }
}
