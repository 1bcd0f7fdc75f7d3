import type { SentTrace } from './traffic.ts';

const AT_A_TIME = 8;

/** How many spans of each of some traces are stored, by id, according to Jaeger's query API. Rejects if it fails. */
export async function storedSpans(queryUrl: string, traces: SentTrace[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const left = [...traces];
  const ask = async () => {
    for (let trace = left.shift(); trace; trace = left.shift())
      counts.set(trace.id, await countSpans(queryUrl, trace.id));
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, ask));
  return counts;
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
