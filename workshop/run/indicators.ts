import { setTimeout as sleep } from 'node:timers/promises';
import { Prometheus } from '../backend/indicators/prometheus.ts';

/** What a service promises to its clients: shares are numbers from 0 to 1. */
export interface Promised {
  /** The share of responses that are not 5xx. */
  available: number;
  /** The share of responses that take at most some time, which is where a bucket of the histogram ends. */
  fast: { share: number; withinSeconds: number };
}

/** The indicators of one instance, or of all, over the last minute. A share is undefined without requests. */
export interface Indicators {
  instance: string;
  requests: number;
  available: number | undefined;
  fast: number | undefined;
  p95Seconds: number | undefined;
}

const METRIC = 'http_server_request_duration_seconds';
const ALL = 'all instances';
const SCRAPE_TIMEOUT_MS = 5_000;
const POLL_MS = 200;

/**
 * Asks Prometheus for the indicators of a service's instances over the last minute; the last ones are those of all
 * instances. Waits until Prometheus has scraped each instance that is up since `sinceMs`, for 5 s at most.
 * @throws PrometheusError if Prometheus doesn't respond, or refuses a query
 */
export async function readIndicators(
  prometheusUrl: string,
  promised: Promised,
  sinceMs: number,
): Promise<Indicators[]> {
  const prometheus = new Prometheus(prometheusUrl);
  const ask = (query: string) => valuesOf(prometheus, query);
  await untilScraped(ask, sinceMs);

  const count = lastMinute(`${METRIC}_count`);
  const failed = lastMinute(`${METRIC}_count{http_response_status_code=~"5.."}`);
  const fast = lastMinute(`${METRIC}_bucket{le="${promised.fast.withinSeconds}"}`);
  const buckets = lastMinute(`${METRIC}_bucket`);
  const [requests, failures, fastOnes, p95s, p95OfAll] = await Promise.all([
    ask(`sum by (instance) (${count})`),
    ask(`sum by (instance) (${failed})`),
    ask(`sum by (instance) (${fast})`),
    ask(`histogram_quantile(0.95, sum by (instance, le) (${buckets}))`),
    ask(`histogram_quantile(0.95, sum by (le) (${buckets}))`),
  ]);

  const rowOf = (instance: string, own: (values: Values) => number, p95?: number): Indicators => {
    const all = own(requests);
    const share = (some: number) => (all === 0 ? undefined : some / all);
    return {
      instance,
      requests: Math.round(all),
      available: share(all - own(failures)),
      fast: share(own(fastOnes)),
      p95Seconds: p95 !== undefined && Number.isFinite(p95) ? p95 : undefined,
    };
  };
  const sum = (values: Values) => [...values.values()].reduce((total, value) => total + value, 0);
  const instances = [...requests.keys()].toSorted();
  return [
    ...instances.map((instance) =>
      rowOf(instance, (values) => values.get(instance) ?? 0, p95s.get(instance)),
    ),
    rowOf(ALL, sum, p95OfAll.get('')),
  ];
}

/** The indicators as a table of text; what breaks the promise is marked with ✗. */
export function indicatorsText(rows: Indicators[], { available, fast }: Promised): string {
  const percent = (share: number | undefined, promised: number) =>
    share === undefined ? '–' : `${(share * 100).toFixed(1)} %${share < promised ? ' ✗' : ''}`;
  const limit = `${fast.withinSeconds * 1_000} ms`;
  const table = [
    ['the last minute', 'requests', 'available', `within ${limit}`, 'p95'],
    ...rows.map((row) => [
      row.instance,
      String(row.requests),
      percent(row.available, available),
      percent(row.fast, fast.share),
      row.p95Seconds === undefined ? '–' : `${Math.round(row.p95Seconds * 1_000)} ms`,
    ]),
    ['promised', '', `${available * 100} %`, `${fast.share * 100} %`, ''],
  ];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((cells) => cells[column]!.length)));
  const lines = table.map(([instance, ...numbers]) => [
    instance!.padEnd(widths[0]!),
    ...numbers.map((text, index) => text.padStart(widths[index + 1]!)),
  ]);
  return lines.map((cells) => cells.join('  ').trimEnd()).join('\n');
}

/** Values by the instance; without that label, by the empty string. */
type Values = ReadonlyMap<string, number>;

/**
 * By how much a counter has grown. Prometheus's increase() would ignore the first value of a series, which contains the
 * requests before the first scrape, and would extrapolate.
 */
function lastMinute(counter: string): string {
  return `clamp_min(${counter} - ${counter} offset 1m or ${counter}, 0)`;
}

async function untilScraped(ask: (query: string) => Promise<Values>, sinceMs: number): Promise<void> {
  const deadline = performance.now() + SCRAPE_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const times = await ask('timestamp(up)');
    if (times.size > 0 && [...times.values()].every((seconds) => seconds * 1_000 >= sinceMs)) return;
    await sleep(POLL_MS);
  }
}

async function valuesOf(prometheus: Prometheus, query: string): Promise<Values> {
  const found = await prometheus.now(query);
  return new Map(found.map(({ labels, value }) => [labels['instance'] ?? '', value]));
}
