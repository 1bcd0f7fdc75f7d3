/** When traces began, for those that were picked: they need not be in the list any more. */
import { signal } from '@preact/signals';
import type { TraceResponse } from '../../trace/page-data.ts';

const starts = signal<ReadonlyMap<string, number>>(new Map());

/** When a trace began, in µs since 1970; undefined before it is known. */
export function startOf(traceId: string): number | undefined {
  return starts.value.get(traceId);
}

/** Remembers when a trace began; asks the backend where the list does not say it. */
export async function learnStart(traceId: string, listedUs: number | undefined): Promise<void> {
  if (starts.peek().has(traceId)) return;
  const startUs = listedUs ?? (await fetchStart(traceId));
  if (startUs !== undefined) starts.value = new Map(starts.peek()).set(traceId, startUs);
}

/** Undefined for a trace that the backend does not have, and when it is silent. */
async function fetchStart(traceId: string): Promise<number | undefined> {
  try {
    const response = await fetch(`/viewer/trace/${traceId}`);
    if (response.status !== 200) return undefined;
    const { trace } = (await response.json()) as TraceResponse;
    return trace.fromUs;
  } catch {
    return undefined;
  }
}
