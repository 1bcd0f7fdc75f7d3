import { clockStepUs, endOf } from './model.ts';
import type { Span } from './model.ts';
import type { SpanNode } from './tree.ts';

/** A part of a span that is on the critical path, in µs since 1970. */
export interface CriticalSegment {
  spanId: string;
  startUs: number;
  endUs: number;
}

/**
 * The critical path: the segments of spans that determined how long the roots took, in chronological order. If one of them
 * had been shorter, the response would have come sooner.
 *
 * From the end of a span it walks back to the child that finished last, through that child in the same way, and from
 * the start of that child to the one that finished last before it. The time between children belongs to the span
 * itself. This is the algorithm of CRISP (Zhang et al., USENIX ATC 2022), which Jaeger also uses. If there are several
 * roots, it starts with the last to finish and continues with those before it.
 *
 * A child that outlives its parent is left out with all its descendants, because its parent didn't wait for it. The
 * exception is a server whose caller has ended: it is cut to the caller's time, because there it is the clocks that
 * differ.
 */
export function criticalPathOf(roots: readonly SpanNode[]): CriticalSegment[] {
  const segments: CriticalSegment[] = [];
  const add = (walk: Walk, startUs: number, endUs: number) => {
    if (walk.spanId !== undefined && endUs > startUs) segments.push({ spanId: walk.spanId, startUs, endUs });
  };

  const walks: Walk[] = [walkOfRoots(roots)];
  for (let walk = walks.at(-1); walk; walk = walks.at(-1)) {
    const interval = walk.children[walk.next++];
    if (!interval) {
      add(walk, walk.fromUs, walk.cursorUs);
      walks.pop();
    } else if (endedBefore(walk.cursorUs, interval)) {
      const endUs = Math.min(interval.endUs, walk.cursorUs);
      add(walk, endUs, walk.cursorUs);
      walk.cursorUs = interval.startUs;
      walks.push(walkOf(interval.node, interval.startUs, endUs));
    }
  }
  return segments.toReversed();
}

/** A walk through one span from its end to its start. Without `spanId`, the walk from root to root. */
interface Walk {
  spanId?: string;
  children: Interval[];
  /** Index of the child to look at next. */
  next: number;
  fromUs: number;
  cursorUs: number;
}

/** A child and the part of it that is within its parent's time. */
interface Interval {
  node: SpanNode;
  startUs: number;
  endUs: number;
}

function walkOfRoots(roots: readonly SpanNode[]): Walk {
  const children = roots.map((node) => ({ node, startUs: node.span.startUs, endUs: endOf(node.span) }));
  children.sort(lastToFinishFirst);
  return { children, next: 0, fromUs: -Infinity, cursorUs: children[0]?.endUs ?? -Infinity };
}

function walkOf({ span, children }: SpanNode, fromUs: number, untilUs: number): Walk {
  const waitedFor = children
    .filter((child) => endOf(child.span) <= endOf(span) + clockStepUs || isCall(span, child.span))
    .map((node) => ({
      node,
      startUs: Math.max(node.span.startUs, fromUs),
      endUs: Math.min(endOf(node.span), untilUs),
    }))
    .filter(({ startUs, endUs }) => endUs > startUs);
  waitedFor.sort(lastToFinishFirst);
  return { spanId: span.spanId, children: waitedFor, next: 0, fromUs, cursorUs: untilUs };
}

/** Whether what happened at `us` can have waited for this interval, despite an overlap within the clock's resolution. */
function endedBefore(us: number, { startUs, endUs }: Interval): boolean {
  return endUs - us <= Math.min(clockStepUs, (endUs - startUs) / 2);
}

/**
 * A call has two sides: the parent is a client span or, if the header was written by hand, any span of another service.
 */
function isCall(parent: Span, child: Span): boolean {
  return child.kind === 'server' && (parent.kind === 'client' || parent.service !== child.service);
}

function lastToFinishFirst(a: Interval, b: Interval): number {
  return b.endUs - a.endUs;
}
