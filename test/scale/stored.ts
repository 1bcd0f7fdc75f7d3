import { fewAtATime } from '../check/support.ts';
import type { SentTrace } from './traffic.ts';

const AT_A_TIME = 8;

/** How many spans of each of some traces are stored, by id, according to Jaeger's query API. */
export async function storedSpans(queryUrl: string, traces: SentTrace[]): Promise<Map<string, number>> {
  const counts = await Promise.all(fewAtATime(AT_A_TIME, traces, ({ id }) => countSpans(queryUrl, id)));
  return new Map(traces.map(({ id }, index) => [id, counts[index]!]));
}

async function countSpans(queryUrl: string, id: string): Promise<number> {
  const response = await fetch(`${queryUrl}/api/traces/${id}`);
  if (response.status === 404) return 0;
  const { data, errors } = (await response.json()) as {
    data: { spans: unknown[] }[] | null;
    errors: unknown;
  };
  if (response.status !== 200)
    throw new Error(`Jaeger responded with ${response.status}: ${JSON.stringify(errors)}`);
  return data?.[0]?.spans.length ?? 0;
}
