import { extraDigitsOf } from './extra-digits.ts';
import { formatDuration, formatWithDigits } from './duration.ts';
import { idleTimesOf } from './idle.ts';
import { missingTimes } from './missing-times.ts';
import { clockStepUs, endOf, hasStart } from './model.ts';
import type { Span, Trace } from './model.ts';
import { counted } from './numbers.ts';
import { inDisplayOrder, treeOf } from './tree.ts';
import type { SpanNode } from './tree.ts';

/**
 * Something unusual about a span. `text` is a sentence for people, without the period; `more` is another sentence,
 * for the details of the span.
 */
export interface Warning {
  kind: 'missing-parent' | 'cycle' | 'duplicate' | 'starts-early' | 'ends-late' | 'no-duration' | 'no-time';
  text: string;
  more?: string;
}

/** A time within a span in which none of its descendants ran. µs from the start of the trace. */
export interface Gap {
  offsetUs: number;
  durationUs: number;
}

export interface Row {
  span: Span;
  /** 0 for a root. */
  depth: number;
  childCount: number;
  /** How many of the following rows are its descendants, so that a page can fold them. */
  descendantCount: number;
  /** Whether it is the last of its siblings; for drawing the tree. */
  lastSibling: boolean;
  /** From the start of the trace. µs. */
  offsetUs: number;
  /** As recorded in the span, so it may be negative. µs. */
  durationUs: number;
  /** How many more digits than usual its durations need, so that it reads shorter than its parent only if it is. */
  extraDigits: number;
  /** Time within the span in which no descendant ran. µs. */
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
  /** From the earliest start to the latest end. µs. */
  durationUs: number;
  /** Like a row's: the trace counts as the parent of the roots. */
  extraDigits: number;
  /** In the order of the rows. */
  services: string[];
  /** How many levels there are; 0 for a trace without spans. */
  depth: number;
  /** How many spans are errors. */
  errorCount: number;
}

/** The same without what explains the trace: its gaps and warnings. */
export function unexplained(waterfall: Waterfall): Waterfall {
  const rows = waterfall.rows.map((row) =>
    row.gaps.length + row.warnings.length > 0 ? { ...row, gaps: [], warnings: [] } : row,
  );
  return { ...waterfall, rows };
}

/** A gap is reported if it is at least this share of the trace */
const gapShare = 0.2;
/** and at least this many µs, because shorter times are not noticeable. */
const gapFloorUs = 100_000;

/**
 * A server ends its span only after it has sent the response; on a busy machine, its caller can end this much earlier.
 */
const afterResponseUs = 50_000;

/**
 * Lays out a trace: one row per span in display order, each with its position in time and its warnings.
 * Gaps are reported if they are at least a fifth of the trace and 100 ms long. A span without a start is at the start of
 * the trace.
 */
export function waterfallOf(trace: Trace): Waterfall {
  const roots = treeOf(trace.spans);
  const { startUs, durationUs } = extentOf(trace.spans);
  const shortestGapUs = Math.max(gapShare * durationUs, gapFloorUs);
  const { nodes, parents } = inDisplayOrder(roots);
  const idle = idleTimesOf(nodes, parents);

  const rows: Row[] = [];
  const services = new Set<string>();
  let depth = 0;
  let errorCount = 0;
  for (const [index, node] of nodes.entries()) {
    const { span, parent, children } = node;
    const row: Row = {
      span,
      depth: parent ? rows[parents[index]!]!.depth + 1 : 0,
      childCount: children.length,
      descendantCount: 0,
      lastSibling: (parent?.children ?? roots).at(-1) === node,
      offsetUs: hasStart(span) ? span.startUs - startUs : 0,
      durationUs: span.durationUs,
      extraDigits: 0,
      selfUs: 0,
      warnings: warningsOf(node),
      gaps: [],
    };
    for (const [fromUs, toUs] of idle[index]!) {
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
  const digits = extraDigitsOf(
    [durationUs, ...rows.map((row) => row.durationUs)],
    [-1, ...parents.map((parent) => parent + 1)],
  );
  for (const [index, row] of rows.entries()) row.extraDigits = digits[index + 1]!;
  return {
    traceId: trace.traceId,
    rows,
    startUs,
    durationUs,
    extraDigits: digits[0]!,
    services: [...services],
    depth,
    errorCount,
  };
}

/** The duration of a span or trace as a text that keeps the order along the tree; or which time the span lacks. */
export function durationText(of: Row | Waterfall): string {
  const missing = 'span' in of ? of.span.missingTimes : undefined;
  return missing ? `no ${missing}` : formatWithDigits(of.durationUs, of.extraDigits);
}

/** The self time of a span as a text that never reads longer than the span's duration. */
export function selfText({ selfUs, extraDigits }: Row): string {
  return formatWithDigits(selfUs, extraDigits);
}

/** The earliest start, in µs since 1970, and the time until the latest end, in µs; 0 if no span has a time. */
export function extentOf(spans: readonly Span[]): { startUs: number; durationUs: number } {
  let startUs = Infinity;
  let endUs = -Infinity;
  for (const span of spans) {
    if (!hasStart(span)) continue;
    startUs = Math.min(startUs, span.startUs);
    endUs = Math.max(endUs, endOf(span));
  }
  return startUs === Infinity ? { startUs: 0, durationUs: 0 } : { startUs, durationUs: endUs - startUs };
}

function warningsOf(node: SpanNode): Warning[] {
  const { span, parent } = node;
  const warnings: Warning[] = [];
  const warn = (kind: Warning['kind'], text: string) => warnings.push({ kind, text });

  if (node.missingParent) warnings.push(missingParent(span));
  if (node.cycle === 1) warn('cycle', 'this span names itself as its parent, so it is shown as a root');
  if (node.cycle > 1) {
    warn('cycle', `its parents form a cycle of ${node.cycle} spans, which is cut here`);
  }
  if (node.others.length > 0) warnings.push(duplicate(node));
  if (span.missingTimes) warn('no-time', missingTimes[span.missingTimes]);
  else if (span.durationUs < 0) {
    warn('no-duration', `ends ${formatDuration(-span.durationUs)} before it starts: the clock was set back`);
  } else if (span.durationUs === 0) {
    warn('no-duration', 'has no duration: it ended in the same µs in which it started');
  }
  if (parent) warnings.push(...contradictions(span, parent.span));
  return warnings;
}

/** How many of the other spans with the same id are listed. */
const MAX_LISTED = 3;

function duplicate({ span, others }: SpanNode): Warning {
  const which = others.some(({ error }) => error !== span.error) ? 'one that is an error' : 'the first';
  const different = others.filter((other) => identity(other) !== identity(span));
  const listed = different.slice(0, MAX_LISTED).map(({ name, service, durationUs, error }) => {
    const what = service === span.service ? name : `${service}: ${name}`;
    return `${what} (${formatDuration(durationUs)}${error ? ', an error' : ''})`;
  });
  if (different.length > MAX_LISTED) listed.push(counted(different.length - MAX_LISTED, 'other'));
  return {
    kind: 'duplicate',
    text: `${others.length + 1} spans have the id ${span.spanId}; ${which} is shown`,
    ...(listed.length > 0 && { more: `not shown: ${listed.join(', ')}` }),
  };
}

/** Equal for two spans with the same id if one span was merely sent twice. */
function identity({ service, name, parentId, startUs, durationUs, error, statusMessage }: Span): string {
  return JSON.stringify([service, name, parentId, startUs, durationUs, error, statusMessage]);
}

/**
 * The parent of a server or consumer is in another process, which may not be traced; other parents are in the same one.
 */
function missingParent(span: Span): Warning {
  const { parentId, kind } = span;
  const claim = `parent span ${parentId} is missing from this trace`;
  if (kind !== 'server' && kind !== 'consumer') {
    return {
      kind: 'missing-parent',
      text: `${claim}: it has not ended yet, has not arrived yet, or was lost`,
    };
  }
  const sender = senderOf(span);
  return {
    kind: 'missing-parent',
    text: `${claim}: the caller is not traced, or its span has not arrived yet`,
    ...(sender && { more: `what the span says about the caller: ${sender}` }),
  };
}

/** The sender of a request according to its span: the program and its address; empty if the span has neither. */
function senderOf({ attributes }: Span): string {
  const program = attributes['user_agent.original'];
  const address = attributes['client.address'] ?? attributes['network.peer.address'];
  return [program, address !== undefined && `at ${address}`].filter(Boolean).join(' ');
}

/**
 * Warns if a span isn't within its parent's time. Messages are often consumed long after they were produced: no
 * warning.
 */
function contradictions(span: Span, parent: Span): Warning[] {
  if (span.missingTimes || parent.missingTimes) return [];
  const earlyUs = parent.startUs - span.startUs;
  if (earlyUs > clockStepUs) {
    const text = `starts ${formatDuration(earlyUs)} before its parent: their clocks differ`;
    return [{ kind: 'starts-early', text }];
  }
  const lateUs = endOf(span) - endOf(parent);
  if (lateUs <= (span.kind === 'server' ? afterResponseUs : clockStepUs) || span.kind === 'consumer')
    return [];
  const text = `ends ${formatDuration(lateUs)} after its parent: the parent did not wait for it, or their clocks differ`;
  return [{ kind: 'ends-late', text }];
}
