import { endOf } from './model.ts';
import type { SpanNode } from './tree.ts';

/** µs since 1970. */
type Interval = readonly [fromUs: number, toUs: number];

/**
 * For each node, the times within its span in which no descendant ran, in order: a descendant can outlive its parent, as
 * the consumer of a message does. Takes the nodes in display order and the indexes of their parents.
 */
export function idleTimesOf(nodes: readonly SpanNode[], parents: readonly number[]): Interval[][] {
  const idle: Interval[][] = [];
  /** For each node, when its descendants ran. A span usually covers their times, so that a subtree is one interval. */
  const below: Interval[][] = nodes.map(() => []);
  for (let index = nodes.length - 1; index >= 0; index--) {
    const { span } = nodes[index]!;
    const own: Interval = [span.startUs, endOf(span)];
    const busy = union(below[index]!);
    idle[index] = without(busy, own);
    for (const each of union([own, ...busy])) below[parents[index]!]?.push(each);
  }
  return idle;
}

/** The times that are in any of these intervals, in order and without overlaps. */
function union(intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const [fromUs, toUs] of intervals.toSorted(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    if (last && fromUs <= last[1]) merged[merged.length - 1] = [last[0], Math.max(last[1], toUs)];
    else if (toUs > fromUs) merged.push([fromUs, toUs]);
  }
  return merged;
}

/** The parts of an interval that are not busy. */
function without(busy: readonly Interval[], [fromUs, toUs]: Interval): Interval[] {
  const free: Interval[] = [];
  let at = fromUs;
  for (const [busyFromUs, busyToUs] of busy) {
    if (busyFromUs >= toUs) break;
    if (busyFromUs > at) free.push([at, busyFromUs]);
    at = Math.max(at, busyToUs);
  }
  if (toUs > at) free.push([at, toUs]);
  return free;
}
