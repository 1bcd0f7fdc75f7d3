import type { Trace } from './model.ts';
import { treeOf } from './tree.ts';
import type { SpanNode } from './tree.ts';
import { waterfallOf } from './waterfall.ts';
import type { Row } from './waterfall.ts';

export type Verdict = 'faster' | 'slower' | 'same' | 'new' | 'gone';

/** A pair of matching spans, one from each trace, with their rows in the two waterfalls. */
export interface ComparisonRow {
  service: string;
  name: string;
  /** 0 for a root. */
  depth: number;
  /** Missing if the span is new in `b`. */
  a?: Row;
  /** Missing if the span is gone from `b`. */
  b?: Row;
  /** How `b` compares with `a`. */
  verdict: Verdict;
  /** How much more time `b` took: negative if it was faster, the whole span if it is new or gone. µs. */
  deltaUs: number;
}

/** Durations count as the same if they differ by at most this share of the longer one, */
const sameShare = 0.1;
/** or by at most this many µs: for short spans, a larger share is just noise. */
const sameUs = 1_000;

/**
 * Matches the spans of two traces and returns a row for each pair and for each span that is in only one trace.
 *
 * Two spans match if their services and names are equal and so are those of all their ancestors; siblings with the same
 * service and name match in order of their start. A span without such a sibling matches the topmost equal span below
 * the siblings that have no match either: tracing the caller adds a span above the former root, and a wrapper adds one
 * between two spans. Rows are in the display order of `b`, and a span that is gone follows the same sibling as in `a`.
 */
export function compareTraces(a: Trace, b: Trace): ComparisonRow[] {
  const rowsOfA = rowsById(a);
  const rowsOfB = rowsById(b);
  const comparison: ComparisonRow[] = [];
  const matches: Matches = { partners: new Map(), passedBy: new Set() };
  const waiting = pairsOf(treeOf(a.spans), treeOf(b.spans), matches).toReversed();
  for (let pair = waiting.pop(); pair; pair = waiting.pop()) {
    comparison.push(
      compared(pair.a && rowsOfA.get(pair.a.span.spanId), pair.b && rowsOfB.get(pair.b.span.spanId)),
    );
    const below = pairsOf(pair.a?.children ?? [], pair.b?.children ?? [], matches);
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

/** What has been matched so far, from top to bottom. */
interface Matches {
  /** For each matched span, in either trace, the matching span in the other. */
  partners: Map<SpanNode, SpanNode>;
  /** Ancestors of matched spans. They can no longer be matched, because the result would have the spans in two orders. */
  passedBy: Set<SpanNode>;
}

/** Pairs siblings. A sibling that matches a span further down isn't gone: it gets a row with that span. */
function pairsOf(
  siblingsOfA: readonly SpanNode[],
  siblingsOfB: readonly SpanNode[],
  matches: Matches,
): Pair[] {
  findPartners(siblingsOfA, siblingsOfB, matches);
  findPartners(siblingsOfB, siblingsOfA, matches);
  const { partners } = matches;

  const first: Pair[] = [];
  const goneAfter = new Map(siblingsOfB.map((node): [SpanNode, Pair[]] => [node, []]));
  let gone = first;
  for (const node of siblingsOfA) {
    const partner = partners.get(node);
    if (partner) gone = goneAfter.get(partner) ?? gone;
    else gone.push({ a: node });
  }
  const pairs = siblingsOfB.flatMap((b): Pair[] => {
    const a = partners.get(b);
    return [a ? { a, b } : { b }, ...goneAfter.get(b)!];
  });
  return [...first, ...pairs];
}

/** Looks for spans of one trace among siblings of the other and then, level by level, below those without a match. */
function findPartners(wanted: readonly SpanNode[], siblings: readonly SpanNode[], matches: Matches): void {
  const { partners, passedBy } = matches;
  const free = wanted.filter((node) => !partners.has(node) && !passedBy.has(node));
  const waiting = byKey(free);
  let count = free.length;
  let level = siblings;
  while (count > 0 && level.length > 0) {
    const next: SpanNode[][] = [];
    for (const node of level) {
      if (partners.has(node)) continue;
      const partner = waiting.get(keyOf(node))?.pop();
      if (partner) {
        match(node, partner, matches);
        count--;
      } else next.push(node.children);
    }
    level = next.flat();
  }
}

function match(one: SpanNode, other: SpanNode, { partners, passedBy }: Matches): void {
  partners.set(one, other).set(other, one);
  for (let node = one.parent; node && !passedBy.has(node); node = node.parent) passedBy.add(node);
}

/** The nodes of each service and name in reverse order, so that `pop` returns the first. */
function byKey(nodes: readonly SpanNode[]): Map<string, SpanNode[]> {
  const groups = new Map<string, SpanNode[]>();
  for (const node of nodes.toReversed()) {
    const key = keyOf(node);
    const known = groups.get(key);
    if (known) known.push(node);
    else groups.set(key, [node]);
  }
  return groups;
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
