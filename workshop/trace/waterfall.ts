import { digitsOf } from './digits.ts';
import { formatDuration, formatWithDigits } from './duration.ts';
import { clockStepUs, endOf } from './model.ts';
import type { Span, Trace } from './model.ts';
import { counted } from './numbers.ts';
import { inDisplayOrder, treeOf } from './tree.ts';
import type { SpanNode } from './tree.ts';

/**
 * Something odd about a span. `text` is a sentence for people, without the full stop; `more` is another one, for whoever
 * looks at this span.
 */
export interface Warning {
  kind: 'missing-parent' | 'cycle' | 'duplicate' | 'starts-early' | 'ends-late' | 'no-duration';
  text: string;
  more?: string;
}

/** A stretch of a span in which none of its children ran. µs from the start of the trace. */
export interface Gap {
  offsetUs: number;
  durationUs: number;
}

export interface Row {
  span: Span;
  /** 0 for a root. */
  depth: number;
  childCount: number;
  /** How many rows below this one belong to it, so that a page can fold them. */
  descendantCount: number;
  /** No sibling follows: what a tree is drawn by. */
  lastSibling: boolean;
  /** From the start of the trace. µs. */
  offsetUs: number;
  /** As the span says, so it may be negative. µs. */
  durationUs: number;
  /** How many digits more than usual its durations have, so that it reads shorter than its parent exactly if it is. */
  moreDigits: number;
  /** Time of the span in which no child ran; children that overlap count once. µs. */
  selfUs: number;
  warnings: Warning[];
  gaps: Gap[];
}

export interface Waterfall {
  traceId: string;
  /** The rows from top to bottom. */
  rows: Row[];
  /** Start of the earliest span, in µs since 1970. */
  startUs: number;
  /** From there to the end of the span that ended last. µs. */
  durationUs: number;
  /** As those of a row, which compares with the trace as with a parent. */
  moreDigits: number;
  /** In the order in which they appear from top to bottom. */
  services: string[];
  /** How many levels there are; 0 for a trace without spans. */
  depth: number;
  /** Spans that are an error. */
  errorCount: number;
}

/** What a gap must have to be worth a word: this share of the trace, */
const gapShare = 0.1;
/** and this many µs, below which nobody feels a wait. */
const gapFloorUs = 10_000;

/** A server ends its span only after it has sent the answer; on a busy machine its caller is faster by this many µs. */
const afterAnswerUs = 50_000;

/**
 * Lays a trace out: a row a span in display order, each with its place in time and what is odd about it.
 * A gap is told of when it is at least a tenth of the trace and 10 ms long.
 */
export function waterfallOf(trace: Trace): Waterfall {
  const roots = treeOf(trace.spans);
  const { startUs, durationUs } = extentOf(trace.spans);
  const shortestGapUs = Math.max(gapShare * durationUs, gapFloorUs);
  const { nodes, parents } = inDisplayOrder(roots);

  const rows: Row[] = [];
  const services = new Set<string>();
  let depth = 0;
  let errorCount = 0;
  for (const [index, node] of nodes.entries()) {
    const { span, parent, children } = node;
    const idle = idleStretches(node);
    const row: Row = {
      span,
      depth: parent ? rows[parents[index]!]!.depth + 1 : 0,
      childCount: children.length,
      descendantCount: 0,
      lastSibling: (parent?.children ?? roots).at(-1) === node,
      offsetUs: span.startUs - startUs,
      durationUs: span.durationUs,
      moreDigits: 0,
      selfUs: 0,
      warnings: warningsOf(node),
      gaps: [],
    };
    for (const [fromUs, toUs] of idle) {
      row.selfUs += toUs - fromUs;
      if (children.length > 0 && toUs - fromUs >= shortestGapUs) {
        row.gaps.push({ offsetUs: fromUs - startUs, durationUs: toUs - fromUs });
      }
    }
    rows.push(row);
    services.add(span.service);
    depth = Math.max(depth, row.depth + 1);
    if (span.error) errorCount++;
  }
  for (let index = rows.length - 1; index >= 0; index--) {
    const parent = rows[parents[index]!];
    if (parent) parent.descendantCount += 1 + rows[index]!.descendantCount;
  }
  const digits = digitsOf(
    [durationUs, ...rows.map((row) => row.durationUs)],
    [-1, ...parents.map((parent) => parent + 1)],
  );
  for (const [index, row] of rows.entries()) row.moreDigits = digits[index + 1]!;
  return {
    traceId: trace.traceId,
    rows,
    startUs,
    durationUs,
    moreDigits: digits[0]!,
    services: [...services],
    depth,
    errorCount,
  };
}

/** How long a span took, or the whole trace, in words that keep the order along the tree. */
export function durationText({ durationUs, moreDigits }: Row | Waterfall): string {
  return formatWithDigits(durationUs, moreDigits);
}

/** The self time of a span, which never reads longer than the span. */
export function selfText({ selfUs, moreDigits }: Row): string {
  return formatWithDigits(selfUs, moreDigits);
}

/** From the earliest start to the latest end, in µs. A span of negative duration ends where it starts. */
export function extentOf(spans: readonly Span[]): { startUs: number; durationUs: number } {
  if (spans.length === 0) return { startUs: 0, durationUs: 0 };
  let startUs = Infinity;
  let endUs = -Infinity;
  for (const span of spans) {
    startUs = Math.min(startUs, span.startUs);
    endUs = Math.max(endUs, endOf(span));
  }
  return { startUs, durationUs: endUs - startUs };
}

/** The stretches of a span that no child covers, in order, as µs since 1970. Needs children ordered by start. */
function idleStretches({ span, children }: SpanNode): [from: number, to: number][] {
  const stretches: [number, number][] = [];
  const endUs = endOf(span);
  let coveredTo = span.startUs;
  for (const child of children) {
    const from = Math.min(child.span.startUs, endUs);
    if (from > coveredTo) stretches.push([coveredTo, from]);
    coveredTo = Math.max(coveredTo, Math.min(endOf(child.span), endUs));
  }
  if (endUs > coveredTo) stretches.push([coveredTo, endUs]);
  return stretches;
}

function warningsOf(node: SpanNode): Warning[] {
  const { span, parent } = node;
  const warnings: Warning[] = [];
  const warn = (kind: Warning['kind'], text: string) => warnings.push({ kind, text });

  if (node.missingParent) warnings.push(missingParent(span));
  if (node.cycle === 1) warn('cycle', 'this span claims to be its own parent, so it is shown as a root');
  if (node.cycle > 1) {
    warn('cycle', `its parents lead back to itself in a circle of ${node.cycle} spans, which is cut here`);
  }
  if (node.others.length > 0) warnings.push(duplicate(node));
  if (span.durationUs < 0) {
    warn('no-duration', `ends ${formatDuration(-span.durationUs)} before it starts: the clock was set back`);
  } else if (span.durationUs === 0) {
    warn('no-duration', 'has no duration: it ended in the same µs in which it started');
  }
  if (parent) warnings.push(...contradictions(span, parent.span));
  return warnings;
}

/** How many of the spans with one id are told of one by one. */
const mostTold = 3;

function duplicate({ span, others }: SpanNode): Warning {
  const which = others.some(({ error }) => error !== span.error) ? 'one that is an error' : 'the first';
  const different = others.filter((other) => identity(other) !== identity(span));
  const told = different.slice(0, mostTold).map(({ name, service, durationUs, error }) => {
    const what = service === span.service ? name : `${service}: ${name}`;
    return `${what} (${formatDuration(durationUs)}${error ? ', an error' : ''})`;
  });
  if (different.length > mostTold) told.push(counted(different.length - mostTold, 'other'));
  return {
    kind: 'duplicate',
    text: `${others.length + 1} spans came with the id ${span.spanId}; ${which} is shown`,
    ...(told.length > 0 && { more: `what is not shown: ${told.join(', ')}` }),
  };
}

/** What two spans with one id have in common when one of them was merely sent twice. */
function identity({ service, name, parentId, startUs, durationUs, error, statusMessage }: Span): string {
  return JSON.stringify([service, name, parentId, startUs, durationUs, error, statusMessage]);
}

/** A server's parent is in another process, which may not be traced at all; that of other kinds is in this one. */
function missingParent(span: Span): Warning {
  const { parentId, kind } = span;
  const claim = `parent ${parentId} is in no span`;
  if (kind !== 'server' && kind !== 'consumer') {
    return {
      kind: 'missing-parent',
      text: `${claim}: it has not arrived, has not ended yet, or was lost`,
    };
  }
  const sender = senderOf(span);
  return {
    kind: 'missing-parent',
    text: `${claim}: the caller is not traced, or its span has not arrived`,
    ...(sender && { more: `what the span says of the caller: ${sender}` }),
  };
}

/** Who sent a request, as far as its span knows: the program and its address; empty when it knows neither. */
function senderOf({ attributes }: Span): string {
  const program = attributes['user_agent.original'];
  const address = attributes['client.address'] ?? attributes['network.peer.address'];
  return [program, address !== undefined && `at ${address}`].filter(Boolean).join(' ');
}

/** A message is consumed after it was produced and often long after: that needs no warning. */
function contradictions(span: Span, parent: Span): Warning[] {
  const earlyUs = parent.startUs - span.startUs;
  if (earlyUs > clockStepUs) {
    const text = `starts ${formatDuration(earlyUs)} before its parent: the clocks of the two differ`;
    return [{ kind: 'starts-early', text }];
  }
  const lateUs = endOf(span) - endOf(parent);
  if (lateUs <= (span.kind === 'server' ? afterAnswerUs : clockStepUs) || span.kind === 'consumer') return [];
  const text = `ends ${formatDuration(lateUs)} after its parent: nobody waited for it, or the clocks of the two differ`;
  return [{ kind: 'ends-late', text }];
}
