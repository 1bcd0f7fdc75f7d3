import type { ServiceGraphResponse } from '../../trace/page-data.ts';

/** More services than this, or more connections, are too many for one drawing. A connection is a caller and a callee. */
const MAX_DRAWN = 40;
/** More connections of one service than this are too many, because their other ends are all in two columns. */
const MAX_AROUND = 12;

/** What is drawn of a service graph. */
export interface DrawnPart extends ServiceGraphResponse {
  /** The service whose connections are drawn; empty if all of them are. */
  around: string;
  /** How many of its connections are left out. */
  leftOut: number;
}

/** Whether a graph is too large to be drawn as a whole. */
export function isTooLarge({ services, calls }: ServiceGraphResponse): boolean {
  return services.length > MAX_DRAWN || calls.length > MAX_DRAWN;
}

/**
 * The part of a graph that can be read: all of it or, if a service is chosen or the graph is too large, the connections of
 * one service with the most calls. If none is chosen, it is the service with the most connections.
 */
export function partOf(all: ServiceGraphResponse, chosen: string): DrawnPart {
  const around = chosen || (isTooLarge(all) ? mostConnected(all) : '');
  if (around === '') return { ...all, around, leftOut: 0 };
  const own = all.calls
    .filter(({ parent, child }) => parent === around || child === around)
    .toSorted((a, b) => b.calls - a.calls);
  const calls = own.slice(0, MAX_AROUND);
  const names = new Set([around, ...calls.flatMap(({ parent, child }) => [parent, child])]);
  return {
    around,
    services: all.services.filter(({ name }) => names.has(name)),
    calls,
    leftOut: own.length - calls.length,
  };
}

function mostConnected({ services, calls }: ServiceGraphResponse): string {
  const counts = new Map<string, number>();
  for (const name of calls.flatMap(({ parent, child }) => [parent, child]))
    counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = services.map(({ name }) => name);
  return names.toSorted((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0))[0] ?? '';
}
