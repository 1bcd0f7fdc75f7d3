/** The starts of the picked traces, which may no longer be in the list. */
import { signal } from '@preact/signals';
import type { TraceResponse } from '../../trace/page-data.ts';

const starts = signal<ReadonlyMap<string, number>>(new Map());

/** When a trace started, in µs since 1970; undefined until it is known. */
export function startOf(traceId: string): number | undefined {
  return starts.value.get(traceId);
}

/** Stores when a trace started; asks the backend if the trace isn't in the list. */
export async function loadStart(traceId: string, listedUs: number | undefined): Promise<void> {
  if (starts.peek().has(traceId)) return;
  const startUs = listedUs ?? (await fetchStart(traceId));
  if (startUs !== undefined) starts.value = new Map(starts.peek()).set(traceId, startUs);
}

/** Undefined if the backend doesn't have the trace or doesn't respond. */
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
