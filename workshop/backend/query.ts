import { fromJaeger } from '../trace/from-jaeger.ts';
import type { Trace } from '../trace/model.ts';

/** Asks a backend for a trace over Jaeger's query API; undefined while no span of it has arrived. */
export async function queryTrace(backendUrl: string, traceId: string): Promise<Trace | undefined> {
  const [trace] = await query(`${backendUrl}/api/traces/${traceId}`);
  return trace;
}

/** The traces with a span of a service that began after `sinceMs` (ms since 1970), newest first. */
export function findTraces(backendUrl: string, service: string, sinceMs: number): Promise<Trace[]> {
  const end = (Date.now() + 1_000) * 1_000;
  return query(
    `${backendUrl}/api/traces?service=${encodeURIComponent(service)}&start=${sinceMs * 1_000}&end=${end}`,
  );
}

async function query(url: string): Promise<Trace[]> {
  const answer = await fetch(url);
  if (answer.status === 404) return [];
  if (!answer.ok)
    throw new Error(`The trace backend answered ${answer.status} to ${url}: ${await answer.text()}`);
  const { data } = (await answer.json()) as { data: unknown[] | null };
  return (data ?? []).map(fromJaeger);
}
