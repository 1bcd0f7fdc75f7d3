import type { Trace } from './model.ts';
import { treeOf } from './tree.ts';
import type { SpanNode } from './tree.ts';
import { waterfallOf } from './waterfall.ts';
import type { Row } from './waterfall.ts';

export type Verdict = 'faster' | 'slower' | 'same' | 'new' | 'gone';

/** A span of one trace and the span of the other that does the same, with their rows in the waterfalls of the two. */
export interface ComparisonRow {
  service: string;
  name: string;
  /** 0 for a root. */
  depth: number;
  /** Missing for a span that is new in `b`. */
  a?: Row;
  /** Missing for a span that is gone from `b`. */
  b?: Row;
  /** What `b` is beside `a`. */
  verdict: Verdict;
  /** How much more time `b` took: negative when it was faster, the whole span when it is new or gone. µs. */
  deltaUs: number;
}

/** Durations count as the same up to this share of the longer one, */
const sameShare = 0.1;
/** or up to this many µs: what a computer's mood makes of a short span is no news. */
const sameUs = 1_000;

/**
 * Matches the spans of two traces and gives a row for each pair and each span that is in one trace alone.
 *
 * Two spans match when their service, their name and those of all spans above them are equal; siblings of one service
 * and name match in order of their start. Rows are in the display order of `b`, and a span that is gone follows the
 * sibling which it followed in `a`.
 */
export function compareTraces(a: Trace, b: Trace): ComparisonRow[] {
  const rowsOfA = rowsById(a);
  const rowsOfB = rowsById(b);
  const comparison: ComparisonRow[] = [];
  const waiting = pairsOf(treeOf(a.spans), treeOf(b.spans)).toReversed();
  for (let pair = waiting.pop(); pair; pair = waiting.pop()) {
    comparison.push(
      compared(pair.a && rowsOfA.get(pair.a.span.spanId), pair.b && rowsOfB.get(pair.b.span.spanId)),
    );
    const below = pairsOf(pair.a?.children ?? [], pair.b?.children ?? []);
    for (let index = below.length - 1; index >= 0; index--) waiting.push(below[index]!);
  }
  return comparison;
}

interface Pair {
  a?: SpanNode;
  b?: SpanNode;
}

function rowsById(trace: Trace): Map<string, Row> {
  return new Map(waterfallOf(trace).rows.map((row) => [row.span.spanId, row]));
}

function pairsOf(siblingsOfA: readonly SpanNode[], siblingsOfB: readonly SpanNode[]): Pair[] {
  const unmatched = new Map<string, SpanNode[]>();
  for (const node of siblingsOfA.toReversed()) {
    const key = keyOf(node);
    const known = unmatched.get(key);
    if (known) known.push(node);
    else unmatched.set(key, [node]);
  }

  const partners = new Map<SpanNode, Pair>();
  const pairs = siblingsOfB.map((node): Pair => {
    const partner = unmatched.get(keyOf(node))?.pop();
    if (!partner) return { b: node };
    const pair = { a: partner, b: node };
    partners.set(partner, pair);
    return pair;
  });

  const first: Pair[] = [];
  const gone = new Map<Pair, Pair[]>();
  let follows = first;
  for (const node of siblingsOfA) {
    const pair = partners.get(node);
    if (pair) gone.set(pair, (follows = []));
    else follows.push({ a: node });
  }
  return [...first, ...pairs.flatMap((pair) => [pair, ...(gone.get(pair) ?? [])])];
}

function keyOf({ span }: SpanNode): string {
  return JSON.stringify([span.service, span.name]);
}

function compared(a: Row | undefined, b: Row | undefined): ComparisonRow {
  const { span, depth } = (b ?? a)!;
  const deltaUs = (b?.durationUs ?? 0) - (a?.durationUs ?? 0);
  return {
    service: span.service,
    name: span.name,
    depth,
    ...(a && { a }),
    ...(b && { b }),
    verdict: verdictOf(a, b, deltaUs),
    deltaUs,
  };
}

function verdictOf(a: Row | undefined, b: Row | undefined, deltaUs: number): Verdict {
  if (!a) return 'new';
  if (!b) return 'gone';
  const toleranceUs = Math.max(sameUs, sameShare * Math.max(a.durationUs, b.durationUs));
  if (Math.abs(deltaUs) <= toleranceUs) return 'same';
  return deltaUs < 0 ? 'faster' : 'slower';
}
