/** Prometheus's HTTP API, as far as the indicators need it (Prometheus documentation, "HTTP API"). */
import { messageOf, UserError } from '../../errors.ts';
import type { Points } from '../../trace/page-data.ts';

export type Labels = Readonly<Record<string, string>>;

/** A series of values by its labels. */
export interface Series {
  labels: Labels;
  values: Points;
}

/** The times of a range query, in s since 1970, both inclusive. */
export interface Range {
  start: number;
  end: number;
  step: number;
}

export interface PrometheusExemplar {
  /** The labels of its series, such as `job`, and its own, such as `trace_id`. */
  labels: Labels;
  value: number;
  /** s since 1970. */
  time: number;
}

/** An alert as Prometheus evaluates it, before Alertmanager groups and sends it. */
export interface PrometheusAlert {
  labels: Labels;
  annotations: Labels;
  state: 'pending' | 'firing';
  /** What its expression returned, as text. */
  value: string;
  /** An ISO 8601 time. */
  activeAt: string;
}

const TIMEOUT_MS = 5_000;

/** Prometheus doesn't respond, or refuses a query. */
export class PrometheusError extends UserError {
  readonly statusCode = 502; // of the response to a page
}

/** Asks one Prometheus. Every method throws a PrometheusError if it has no result. */
export class Prometheus {
  readonly url: string;

  /** `url` has no slash at the end. */
  constructor(url: string) {
    this.url = url;
  }

  /** The value that an expression has now, for each combination of labels. */
  async now(expression: string): Promise<{ labels: Labels; value: number }[]> {
    const { result } = await this.#get<{ result: { metric: Labels; value: [number, string] }[] }>('query', {
      query: expression,
    });
    return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  /** The values that an expression had, one for each step of the range; null if there was none, or if it wasn't a number. */
  async range(expression: string, { start, end, step }: Range): Promise<Series[]> {
    const { result } = await this.#get<{ result: { metric: Labels; values: [number, string][] }[] }>(
      'query_range',
      { query: expression, start, end, step },
    );
    return result.map(({ metric, values }) => {
      const points: Points = Array.from({ length: (end - start) / step + 1 }, () => null);
      for (const [time, text] of values) {
        const value = Number(text);
        if (Number.isFinite(value)) points[Math.round((time - start) / step)] = value;
      }
      return { labels: metric, values: points };
    });
  }

  /** The exemplars of the series that an expression selects, with times from `start` to `end`. */
  async exemplars(
    expression: string,
    { start, end }: Pick<Range, 'start' | 'end'>,
  ): Promise<PrometheusExemplar[]> {
    const found = await this.#get<
      { seriesLabels: Labels; exemplars: { labels: Labels; value: string; timestamp: number }[] }[]
    >('query_exemplars', { query: expression, start, end });
    return found.flatMap(({ seriesLabels, exemplars }) =>
      exemplars.map(({ labels, value, timestamp }) => ({
        labels: { ...seriesLabels, ...labels },
        value: Number(value),
        time: timestamp,
      })),
    );
  }

  /** The alerts that are pending or firing. */
  async alerts(): Promise<PrometheusAlert[]> {
    return (await this.#get<{ alerts: PrometheusAlert[] }>('alerts', {})).alerts;
  }

  async #get<Data>(endpoint: string, parameters: Record<string, string | number>): Promise<Data> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) query.set(name, String(value));
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    let response: { status: string; data: Data; error?: string };
    try {
      const sent = await fetch(`${this.url}/api/v1/${endpoint}?${query}`, { signal });
      response = (await sent.json()) as typeof response;
    } catch (error) {
      throw new PrometheusError(`Prometheus at ${this.url} doesn't respond: ${messageOf(error)}`);
    }
    if (response.status === 'success') return response.data;
    throw new PrometheusError(
      `Prometheus can't evaluate ${parameters['query'] ?? endpoint}: ${response.error}`,
    );
  }
}
