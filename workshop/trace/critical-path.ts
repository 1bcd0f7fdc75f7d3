import { clockStepUs, endOf } from './model.ts';
import type { Span } from './model.ts';
import type { SpanNode } from './tree.ts';

/** A stretch of a span on the critical path, in µs since 1970. */
export interface CriticalSegment {
  spanId: string;
  startUs: number;
  endUs: number;
}

/**
 * The critical path: the stretches of spans that determined how long the roots took, in order of time. Had one of them
 * been shorter, the answer would have come sooner.
 *
 * From the end of a span it walks back to the child that finished last, through that child in the same way, and from
 * the start of the child on to the one that finished last before it; what lies between children is the span's own.
 * This is the algorithm of CRISP (Zhang et al., USENIX ATC 2022), which Jaeger shows too. Of several roots the last to
 * finish comes first, then those before it.
 *
 * A child that outlives its parent is left out with all below it, since nobody waited for it; only a server whose
 * caller has ended is cut to the caller's time instead, because there it is the clocks that differ.
 */
export function criticalPathOf(roots: readonly SpanNode[]): CriticalSegment[] {
  const segments: CriticalSegment[] = [];
  const add = (walk: Walk, startUs: number, endUs: number) => {
    if (walk.spanId !== undefined && endUs > startUs) segments.push({ spanId: walk.spanId, startUs, endUs });
  };

  const walks: Walk[] = [walkOfRoots(roots)];
  for (let walk = walks.at(-1); walk; walk = walks.at(-1)) {
    const stretch = walk.children[walk.next++];
    if (!stretch) {
      add(walk, walk.fromUs, walk.cursorUs);
      walks.pop();
    } else if (endedBefore(walk.cursorUs, stretch)) {
      const endUs = Math.min(stretch.endUs, walk.cursorUs);
      add(walk, endUs, walk.cursorUs);
      walk.cursorUs = stretch.startUs;
      walks.push(walkOf(stretch.node, stretch.startUs, endUs));
    }
  }
  return segments.toReversed();
}

/** A walk through one span from its end to its start. Without `spanId` it is the walk from root to root. */
interface Walk {
  spanId?: string;
  children: Stretch[];
  /** Index of the child to look at next. */
  next: number;
  fromUs: number;
  cursorUs: number;
}

/** A child and the part of it that lies within its parent. */
interface Stretch {
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

/** Whether what happened at `us` can have waited for this. One that overlaps by the step of a clock still counts. */
function endedBefore(us: number, { startUs, endUs }: Stretch): boolean {
  return endUs - us <= Math.min(clockStepUs, (endUs - startUs) / 2);
}

/** A call has two sides: its parent is a client, or, where the header was written by hand, any span of another service. */
function isCall(parent: Span, child: Span): boolean {
  return child.kind === 'server' && (parent.kind === 'client' || parent.service !== child.service);
}

function lastToFinishFirst(a: Stretch, b: Stretch): number {
  return b.endUs - a.endUs;
}
