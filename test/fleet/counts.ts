import { HISTOGRAM, samplesIn } from '#workshop/check/scrapes';
import type { Fleet } from './fleet.ts';

/** How many requests there are of each status. */
export type Counts = Record<string, number>;

/** Adds up the counts of each status. */
export function sum(counts: [status: string | number, count: number][]): Counts {
  const sums: Counts = {};
  for (const [status, count] of counts) sums[status] = (sums[status] ?? 0) + count;
  return sums;
}

export const total = (counts: Counts) => Object.values(counts).reduce((all, count) => all + count, 0);

/** What all instances together have counted, as they say at /metrics. */
export async function countAtInstances({ instances }: Fleet): Promise<Counts> {
  const counts: [string, number][] = [];
  for (const { instance } of instances) {
    const body = await (await fetch(`http://${instance}/metrics`)).text();
    for (const { name, labels, value } of samplesIn(body)) {
      if (name === `${HISTOGRAM}_count`) counts.push([labels['http_response_status_code']!, value]);
    }
  }
  return sum(counts);
}

/** A sample that Prometheus has stored. */
interface Stored {
  labels: Record<string, string>;
  /** The time of the scrape, in ms since 1970. */
  timeMs: number;
  value: number;
}

/** All samples of a metric of one instance, in chronological order within each series. */
async function readSamples({ prometheusUrl }: Fleet, instance: string, metric: string): Promise<Stored[]> {
  const query = new URLSearchParams({ query: `${metric}{instance="${instance}"}[1h]` });
  const response = await fetch(`${prometheusUrl}/api/v1/query?${query}`);
  const { data } = (await response.json()) as {
    data: { result: { metric: Record<string, string>; values: [time: number, value: string][] }[] };
  };
  return data.result.flatMap(({ metric: labels, values }) =>
    values.map(([time, value]) => ({ labels, timeMs: Math.round(time * 1_000), value: Number(value) })),
  );
}

/** Whether Prometheus could reach an instance the last time that it tried. */
export async function isUp(fleet: Fleet, instance: string): Promise<boolean> {
  return (await readSamples(fleet, instance, 'up')).at(-1)?.value === 1;
}

/** The last scrape to which an instance responded: when it began and ended, and what it contained. */
export async function lastScrape(fleet: Fleet, instance: string) {
  const successes = (await readSamples(fleet, instance, 'up')).filter(({ value }) => value === 1);
  const startMs = successes.at(-1)?.timeMs ?? 0;
  const inScrape = ({ timeMs }: Stored) => timeMs === startMs;
  const duration = (await readSamples(fleet, instance, 'scrape_duration_seconds')).find(inScrape);
  const counts = (await readSamples(fleet, instance, `${HISTOGRAM}_count`)).filter(inScrape);
  return {
    startMs,
    endMs: startMs + (duration?.value ?? 0) * 1_000,
    counts: sum(counts.map(({ labels, value }) => [labels['http_response_status_code']!, value])),
  };
}
