import type { Span } from './model.ts';

/** A span in the tree. A span's parent id may be wrong; a node has the parent that was really found. */
export interface SpanNode {
  span: Span;
  parent: SpanNode | undefined;
  /** In order of their start; children with the same start stay in their order of arrival. */
  children: SpanNode[];
  /** True for a root whose parent id is not in the trace. */
  missingParent: boolean;
  /**
   * For a root at which a cycle of parents was cut: the number of spans in the cycle, which is 1 for a span that names
   * itself as its parent. 0 for every other node.
   */
  cycle: number;
  /** The other spans of the trace with this id, in their order of arrival. */
  others: Span[];
}

/**
 * Builds the tree of a trace and returns its roots in order of their start. Every span id is in the result exactly once,
 * whatever the parent ids are: orphans become roots, and a cycle is cut above its earliest span. Of several spans with
 * the same id, the node has the first, or the first that is an error, so that no error is hidden.
 *
 * Runs in O(n log n) without recursion, so 50,000 spans or 10,000 levels are no problem.
 */
export function treeOf(spans: readonly Span[]): SpanNode[] {
  const nodes = new Map<string, SpanNode>();
  for (const span of spans) {
    const known = nodes.get(span.spanId);
    if (!known) nodes.set(span.spanId, bareNode(span));
    else if (span.error && !known.span.error) {
      known.others.unshift(known.span);
      known.span = span;
    } else known.others.push(span);
  }

  for (const node of nodes.values()) {
    const claim = node.span.parentId;
    if (claim === undefined) continue;
    node.parent = nodes.get(claim);
    node.missingParent = node.parent === undefined;
  }
  cutCycles(nodes.values());

  const roots: SpanNode[] = [];
  for (const node of nodes.values()) (node.parent?.children ?? roots).push(node);
  for (const node of nodes.values()) node.children.sort(byStart);
  return roots.toSorted(byStart);
}

/**
 * The nodes in the order in which a waterfall shows them, each before its children, and the index of each node's parent
 * in the same list, −1 for a root.
 */
export function inDisplayOrder(roots: readonly SpanNode[]): { nodes: SpanNode[]; parents: number[] } {
  const nodes: SpanNode[] = [];
  const parents: number[] = [];
  const waiting = roots.toReversed();
  const parentsOfWaiting = waiting.map(() => -1);
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    const index = nodes.push(node) - 1;
    parents.push(parentsOfWaiting.pop()!);
    for (let child = node.children.length - 1; child >= 0; child--) {
      waiting.push(node.children[child]!);
      parentsOfWaiting.push(index);
    }
  }
  return { nodes, parents };
}

function bareNode(span: Span): SpanNode {
  return { span, parent: undefined, children: [], missingParent: false, cycle: 0, others: [] };
}

function byStart(a: SpanNode, b: SpanNode): number {
  return a.span.startUs - b.span.startUs;
}

/** Follows the parents of every node; a walk that meets its own trail has found a cycle. Visits each node once. */
function cutCycles(nodes: Iterable<SpanNode>): void {
  const trails = new Map<SpanNode, SpanNode>();
  for (const start of nodes) {
    let node: SpanNode | undefined = start;
    while (node && !trails.has(node)) {
      trails.set(node, start);
      node = node.parent;
    }
    if (node && trails.get(node) === start) cutCycle(node);
  }
}

function cutCycle(member: SpanNode): void {
  let first = member;
  let size = 1;
  for (let node = member.parent!; node !== member; node = node.parent!) {
    size++;
    if (node.span.startUs < first.span.startUs) first = node;
  }
  first.parent = undefined;
  first.cycle = size;
}
