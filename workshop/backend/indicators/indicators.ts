/** The indicators of services, read from the histogram of their requests (OpenTelemetry semantic conventions, HTTP). */
import type {
  Indicators,
  InstanceIndicators,
  Measured,
  Points,
  ServiceIndicators,
} from '../../trace/page-data.ts';
import { readExemplars } from './exemplars.ts';
import type { Labels, Prometheus, Series } from './prometheus.ts';

/** s. */
const PERIOD = 15 * 60;
const STEP = 5;
/** Rates are over this time, which must contain at least two scrapes. */
const WINDOW = '30s';

const histogram = 'http_server_request_duration_seconds';

/** The expression of each indicator, summed by some labels, as in `job, instance`. */
const expressions: Record<keyof Indicators, (by: string) => string> = {
  rate: (by) => requests(by),
  // Without an error, there is no series with that status.
  errors: (by) =>
    `(${requests(by, '{http_response_status_code=~"5.."}')} or 0 * ${requests(by)}) / ${requests(by)}`,
  p50: (by) => percentile(0.5, by),
  p95: (by) => percentile(0.95, by),
  p99: (by) => percentile(0.99, by),
};

const names = Object.keys(expressions) as (keyof Indicators)[];

function requests(by: string, selector = ''): string {
  return `sum by (${by}) (rate(${histogram}_count${selector}[${WINDOW}]))`;
}

function percentile(share: number, by: string): string {
  return `histogram_quantile(${share}, sum by (${by}, le) (rate(${histogram}_bucket[${WINDOW}])))`;
}

/** The time of the newest points, in s since 1970. Until it changes, `readIndicators` returns the same values. */
export function endOfIndicators(now = Date.now()): number {
  return Math.floor(now / 1_000 / STEP) * STEP;
}

/**
 * Reads the indicators of the 15 minutes before `end`. Exemplars without a trace, for which `hasTrace` is false, are
 * left out.
 * @throws PrometheusError if Prometheus doesn't respond
 */
export async function readIndicators(
  prometheus: Prometheus,
  hasTrace: (traceId: string) => boolean,
  end: number,
): Promise<Measured> {
  const range = { start: end - PERIOD, end, step: STEP };
  const grouped = async (by: string) => {
    const series = await Promise.all(names.map((name) => prometheus.range(expressions[name](by), range)));
    return new Map(names.map((name, index) => [name, series[index]!]));
  };
  const [totals, each, up, counting, eventLoops, exemplars] = await Promise.all([
    grouped('job'),
    grouped('job, instance'),
    prometheus.now('up'),
    prometheus.now(`group by (job, instance) (${histogram}_count)`),
    prometheus.now('nodejs_eventloop_utilization'),
    readExemplars(prometheus, `${histogram}_bucket`, range, hasTrace),
  ]);
  const times = Array.from({ length: PERIOD / STEP + 1 }, (_, index) => range.start + index * STEP);
  const noPoints: Points = times.map(() => null);

  const indicatorsOf = (from: typeof totals, labels: Labels): Indicators => {
    const points = names.map((name) => [name, from.get(name)!.find(has(labels))?.values ?? noPoints]);
    return Object.fromEntries(points) as Indicators;
  };
  const instanceOf = (job: string, instance: string): InstanceIndicators => {
    const labels = { job, instance };
    const indicators = indicatorsOf(each, labels);
    const isUp = up.find(has(labels))?.value === 1;
    return {
      name: instance,
      state: !isUp ? 'gone' : counting.some(has(labels)) ? 'up' : 'silent',
      eventLoop: isUp ? (eventLoops.find(has(labels))?.value ?? null) : null,
      ...indicators,
    };
  };
  const instancesOf = (job: string) =>
    namesOf('instance', [...each.get('rate')!, ...up].filter(has({ job }))).map((name) =>
      instanceOf(job, name),
    );
  const services = namesOf('job', totals.get('rate')!).map((job): ServiceIndicators => ({
    name: job,
    total: indicatorsOf(totals, { job }),
    instances: instancesOf(job),
    exemplars: exemplars.filter(({ service }) => service === job),
  }));
  return { times, services };
}

function has(wanted: Labels): (series: { labels: Labels }) => boolean {
  return ({ labels }) => Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

/** The values of a label, in the order of their numbers: port 8099 comes before 8100. */
function namesOf(label: string, series: readonly Pick<Series, 'labels'>[]): string[] {
  return [...new Set(series.map(({ labels }) => labels[label] ?? ''))].toSorted((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
}
