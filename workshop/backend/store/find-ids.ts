import { shortId, withoutZeros } from '../../trace/ids.ts';
import type { StoredTrace, TraceStore } from './store.ts';

/** A trace that an id leads to, and the span if the id is the span's. */
export interface IdMatch {
  trace: StoredTrace;
  spanId?: string;
}

/**
 * Finds what people mean by an id in lowercase hex, which may be shortened: the trace with this id, else the traces whose
 * ids begin with it, else the spans with this id. The newest first.
 */
export function findById(store: TraceStore, id: string): IdMatch[] {
  const exact = store.get(id.padStart(32, '0'));
  if (exact) return [{ trace: exact }];
  const newestFirst = [...store.traces()].toSorted((a, b) => b.startUs - a.startUs);
  const begun = newestFirst.filter(
    (trace) => trace.id.startsWith(id) || withoutZeros(trace.id).startsWith(id),
  );
  if (begun.length > 0) return begun.map((trace) => ({ trace }));
  return newestFirst
    .filter(({ spans }) => spans.some(({ spanId }) => spanId === id))
    .map((trace) => ({ trace, spanId: id }));
}

/**
 * How many digits tell each of these trace ids from the others and from all that the store keeps. Contains only the ids
 * for which the usual number of digits isn't enough.
 */
export function digitsThatTell(store: TraceStore, ids: Iterable<string>): Record<string, number> {
  const alike = new Map<string, Set<string>>();
  const wanted = new Set(ids);
  for (const id of wanted) alike.set(shortId(id), new Set([id, ...(alike.get(shortId(id)) ?? [])]));
  for (const { id } of store.traces()) alike.get(shortId(id))?.add(id);

  const digits: Record<string, number> = {};
  for (const group of alike.values()) {
    const sorted = [...group].map(withoutZeros).toSorted();
    for (const id of group.size > 1 ? group : []) {
      if (!wanted.has(id)) continue;
      const shown = withoutZeros(id);
      const place = sorted.indexOf(shown);
      const neighbours = [sorted[place - 1] ?? '', sorted[place + 1] ?? ''];
      digits[id] = Math.max(...neighbours.map((other) => commonDigits(shown, other))) + 1;
    }
  }
  return digits;
}

function commonDigits(a: string, b: string): number {
  let count = 0;
  while (count < a.length && a[count] === b[count]) count++;
  return count;
}
