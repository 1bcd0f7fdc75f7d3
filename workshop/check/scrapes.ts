/** What the instances of a service exposed at /metrics, and what they should have counted. */
import { caller, type Observation, traceparentOf } from './observation.ts';
import type { Exchange } from './relay.ts';

/** The histogram that the semantic conventions define for HTTP servers, as Prometheus spells its name. */
export const HISTOGRAM = 'http_server_request_duration_seconds';

/** Requests to these paths are not made by clients of the service, so they aren't counted. */
export const NOT_COUNTED = new Set(['/metrics', '/health']);

/** One line of the format in which Prometheus reads metrics. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
  exemplar?: Exemplar;
}

/** One request that a sample counts. */
export interface Exemplar {
  labels: Record<string, string>;
  value: number;
}

/** The last scrape of each instance. Each call of the check with the path /metrics is one. */
export function scrapesOf({ calls }: Observation): Exchange[] {
  const scrapes = [...calls.values()].filter(({ path }) => path === '/metrics');
  const last = new Map(scrapes.map((scrape) => [scrape.to, scrape]));
  return [...last.values()];
}

/** What all instances expose together. */
export function samplesOf(seen: Observation): Sample[] {
  return scrapesOf(seen).flatMap(({ response }) => samplesIn(response?.body));
}

/** The requests of run.ts and of the check to a service or one of its instances. */
export function requestsTo(service: string, { calls, exchanges, services }: Observation): Exchange[] {
  const names = new Set(services.filter(({ title }) => title === service).map(({ name }) => name));
  return [
    ...exchanges.filter(({ from, to }) => from === caller && to === service),
    ...[...calls.values()].filter(({ to }) => names.has(to)),
  ];
}

/** How many responses with each status the service sent to its clients: to all, or to those whose call is sampled. */
export function sentByStatus(service: string, seen: Observation, which: 'all' | 'sampled'): Counts {
  const sent = new Map<string, number>();
  for (const request of requestsTo(service, seen)) {
    if (!request.response || NOT_COUNTED.has(request.path)) continue;
    if (which === 'all' || (traceparentOf(request)?.sampled ?? true)) add(sent, request.response.status, 1);
  }
  return sent;
}

/** How many responses with each status the histograms of all instances counted. */
export function countedByStatus(seen: Observation): Counts {
  const counted = new Map<string, number>();
  for (const { name, labels, value } of samplesOf(seen)) {
    const status = labels['http_response_status_code'];
    if (name === `${HISTOGRAM}_count` && status) add(counted, status, value);
  }
  return counted;
}

/** Numbers by status. */
export type Counts = ReadonlyMap<string, number>;

function add(counts: Map<string, number>, status: string | number, value: number): void {
  counts.set(String(status), (counts.get(String(status)) ?? 0) + value);
}

/** The statuses of some counts, without repetitions, in order. */
export function statusesOf(...counts: Counts[]): string[] {
  return [...new Set(counts.flatMap((count) => [...count.keys()]))].toSorted();
}

/** All counts together. */
export function total(counts: Counts): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

/** The samples in the body of a scrape (Prometheus, "Exposition formats"; OpenMetrics, with exemplars). */
export function samplesIn(body = ''): Sample[] {
  return body.split('\n').flatMap((line) => {
    const [, name, labels = '', value, of, at] =
      /^(\w+)(?:\{(.*?)\})? (\S+)(?: # \{(.*)\} (\S+).*)?$/.exec(line) ?? [];
    if (name === undefined || Number.isNaN(Number(value?.replace('+Inf', 'Infinity')))) return [];
    const exemplar = of === undefined ? undefined : { labels: labelsIn(of), value: Number(at) };
    return [{ name, labels: labelsIn(labels), value: Number(value), ...(exemplar && { exemplar }) }];
  });
}

function labelsIn(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name, value]),
  );
}
