import { fromJaeger } from '../trace/from-jaeger.ts';
import type { Trace } from '../trace/model.ts';
import { extentOf } from '../trace/waterfall.ts';

/** Asks a backend for a trace over Jaeger's query API; undefined while no span of it has arrived. */
export async function queryTrace(backendUrl: string, traceId: string): Promise<Trace | undefined> {
  const [trace] = await query(`${backendUrl}/api/traces/${traceId}`);
  return trace;
}

/** The traces with a span that began after `sinceMs` (ms since 1970), newest first: of a service, or of any. */
export async function findTraces(backendUrl: string, sinceMs: number, service?: string): Promise<Trace[]> {
  if (service === undefined) {
    const services = (await ask<string>(`${backendUrl}/api/services`)).toSorted();
    const found = (await Promise.all(services.map((each) => findTraces(backendUrl, sinceMs, each)))).flat();
    const byId = new Map(found.map((trace) => [trace.traceId, trace]));
    return [...byId.values()].toSorted((a, b) => extentOf(b.spans).startUs - extentOf(a.spans).startUs);
  }
  const end = (Date.now() + 1_000) * 1_000;
  return query(
    `${backendUrl}/api/traces?service=${encodeURIComponent(service)}&start=${sinceMs * 1_000}&end=${end}`,
  );
}

async function query(url: string): Promise<Trace[]> {
  return (await ask<unknown>(url)).map(fromJaeger);
}

/** The data of an answer of Jaeger's query API, a list; an empty one where there is none. */
async function ask<Item>(url: string): Promise<Item[]> {
  const answer = await fetch(url);
  if (answer.status === 404) return [];
  if (!answer.ok)
    throw new Error(`The trace backend answered ${answer.status} to ${url}: ${await answer.text()}`);
  const { data } = (await answer.json()) as { data: Item[] | null };
  return data ?? [];
}
