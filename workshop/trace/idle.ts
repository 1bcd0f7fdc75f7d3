import { endOf } from './model.ts';
import type { SpanNode } from './tree.ts';

/** A time, in µs since 1970, and the later times after it. */
interface Times {
  fromUs: number;
  toUs: number;
  next: Times | undefined;
}

/**
 * For each node, the times within its span in which no descendant ran, in order: a descendant can outlive its parent, as
 * the consumer of a message does. Takes the nodes in display order and the indexes of their parents.
 *
 * A span usually covers the times of its descendants, so that each subtree is one interval and this takes O(n).
 */
export function idleTimesOf(
  nodes: readonly SpanNode[],
  parents: readonly number[],
): [from: number, to: number][][] {
  const idle: [number, number][][] = [];
  const below: (Times | undefined)[] = [];
  for (let index = nodes.length - 1; index >= 0; index--) {
    const { span } = nodes[index]!;
    const [fromUs, toUs] = [span.startUs, endOf(span)];
    idle[index] = timesWithout(below[index], fromUs, toUs);
    const own = toUs > fromUs ? { fromUs, toUs, next: undefined } : undefined;
    const parent = parents[index]!;
    if (parent >= 0) below[parent] = merged(merged(own, below[index]), below[parent]);
  }
  return idle;
}

function timesWithout(busy: Times | undefined, fromUs: number, toUs: number): [number, number][] {
  const free: [number, number][] = [];
  let at = fromUs;
  for (let each = busy; each && each.fromUs < toUs; each = each.next) {
    if (each.fromUs > at) free.push([at, each.fromUs]);
    at = Math.max(at, each.toUs);
  }
  if (toUs > at) free.push([at, toUs]);
  return free;
}

/** The union of two lists of times, each in order and without overlaps. Reuses their elements. */
function merged(one: Times | undefined, other: Times | undefined): Times | undefined {
  let [a, b] = [one, other];
  let first: Times | undefined;
  let last: Times | undefined;
  while (a && b) {
    if (b.fromUs < a.fromUs) [a, b] = [b, a];
    const next: Times | undefined = a.next;
    if (last && a.fromUs <= last.toUs) last.toUs = Math.max(last.toUs, a.toUs);
    else {
      if (last) last.next = a;
      first ??= a;
      last = a;
    }
    a = next;
  }
  let rest = a ?? b;
  if (!last) return rest;
  const end = last;
  for (; rest && rest.fromUs <= end.toUs; rest = rest.next) end.toUs = Math.max(end.toUs, rest.toUs);
  end.next = rest;
  return first;
}
