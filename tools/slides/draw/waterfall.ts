import { criticalPathOf, type CriticalSegment } from '../../../workshop/trace/critical-path.ts';
import type { Trace } from '../../../workshop/trace/model.ts';
import { ticksOf } from '../../../workshop/trace/ticks.ts';
import { treeOf } from '../../../workshop/trace/tree.ts';
import { type Row, type Waterfall, waterfallOf } from '../../../workshop/trace/waterfall.ts';
import { type Lane, laneOf } from '../../../workshop/trace/lane.ts';
import { boxesOf } from './journey/boxes.ts';
import { type Node, nodesOf } from './journey/spans.ts';
import { serviceClasses } from './services.ts';
import { barsOf } from './strip.ts';
import { contentWidth, element, escaped, fitted, path, picture, rect, textWidthPx, words } from './svg.ts';

/** What a waterfall on a slide shows in addition to the spans. */
export interface WaterfallOptions {
  /** The critical path. */
  criticalPath?: boolean;
  /** A letter before each row, so that an audience can vote. */
  letters?: boolean;
  /** Doesn't mark gaps, which would give the answer away. */
  quiet?: boolean;
  /** Animates the bars at twice the speed of the request. */
  plays?: boolean;
  /** Begins with the spans in the boxes of the journey, from which they move to their places in time. */
  gathers?: boolean;
  /** A row at the top for a missing parent span. */
  ghost?: boolean;
  /** The maximum height. px. */
  height?: number;
}

const RULER_PX = 56;
const LEGEND_PX = 64;
const INDENT_PX = 26;
const LABEL_SIZE = 28;
const MAX_ROW_PX = 104;
/** Room right of the longest bar for its duration. */
const LABEL_PX = 140;
const MAX_NAME_PX = 760;
const RULER_TICKS = 6;
const ORNAMENT_PX = 46;

/** Draws a trace like the viewer does: one row per span, with its place in the tree and in time. */
export function drawWaterfall(trace: Trace, alt: string, options: WaterfallOptions = {}): string {
  const waterfall = waterfallOf(trace);
  const { rows, services } = waterfall;
  const orphan = options.ghost
    ? rows.find(({ warnings }) => warnings.some(({ kind }) => kind === 'missing-parent'))
    : undefined;
  const frame = frameOf(waterfall, orphan !== undefined, options);
  const segments = options.criticalPath ? segmentsBySpan(trace) : new Map<string, CriticalSegment[]>();
  const classOf = serviceClasses(services);
  const boxes = options.gathers ? boxesOf(services) : [];
  const nodes = boxes.flatMap((box) => nodesOf(rows, box));

  const drawn = rows.map((row, index) => {
    const y = frame.top + index * frame.rowPx;
    const lane = laneFor(row, segments.get(row.span.spanId) ?? [], waterfall, frame);
    return element(
      'g',
      {
        class: [
          classOf(row.span.service),
          ...(row.span.error ? ['error'] : []),
          ...(options.plays ? ['plays'] : []),
          ...(options.gathers ? ['gathers'] : []),
        ].join(' '),
        style: options.plays
          ? `--at: ${row.offsetUs / 2e6}s; --takes: ${row.durationUs / 2e6}s`
          : options.gathers
            ? originOf(row, nodes, lane, y, frame)
            : undefined,
      },
      nameOf(row, index, rows, y, frame, options.letters),
      laneElements(lane, y, frame, options.quiet),
    );
  });

  return picture(
    { height: frame.height, alt },
    rulerOf(waterfall, frame),
    ...(orphan ? [ghostOf(orphan, frame)] : []),
    ...boxes.map(({ name, x, width }) => rect(x, 0, width, frame.height, `left-box ${classOf(name)}`, 20)),
    ...drawn,
    legendOf(services, classOf, frame, options),
  );
}

/** Where a bar comes from: from its node in the journey, relative to its place in the waterfall. */
function originOf(row: Row, nodes: readonly Node[], { bar }: Lane, y: number, frame: Frame): string {
  const { span } = row;
  const node = nodes.find(
    (each) =>
      each.span.parentId === span.parentId &&
      each.span.name === span.name &&
      each.span.service === span.service,
  )!;
  const { left, width } = bar!;
  const px = (percent: number) => (percent / 100) * frame.laneWidth;
  return `--dx: ${Math.round(node.x - frame.laneX - px(left))}px; --dy: ${Math.round(node.y - y)}px; --wide: ${(node.width / Math.max(4, px(width))).toFixed(3)}`;
}

/** Draws only the bars of a trace, as an ornament. */
export function drawBars(trace: Trace): string {
  const { rows, durationUs, services } = waterfallOf(trace);
  const place = {
    x: 0,
    y: 0,
    pxPerUs: contentWidth / durationUs,
    rowPx: ORNAMENT_PX,
    barPx: ORNAMENT_PX / 2,
  };
  const bars = barsOf(rows, serviceClasses(services), place);
  const height = rows.length * ORNAMENT_PX;
  const size = { viewBox: `0 0 ${contentWidth} ${height}`, width: contentWidth, height };
  return element('svg', { class: 'ornament', ...size, 'aria-hidden': 'true' }, ...bars);
}

interface Frame {
  /** Where the lanes begin, and their width including the room for labels on the right. */
  laneX: number;
  laneWidth: number;
  /** The time that the width of a lane represents: the trace, plus the room for labels. */
  laneUs: number;
  /** Where the rows begin. */
  top: number;
  rowPx: number;
  height: number;
  /** Room for the letters of a vote. */
  letterPx: number;
  nameSize: number;
}

function frameOf({ rows, durationUs }: Waterfall, hasGhost: boolean, options: WaterfallOptions): Frame {
  const { height = 700, letters } = options;
  const count = rows.length + (hasGhost ? 1 : 0);
  const rowPx = Math.min(MAX_ROW_PX, (height - RULER_PX - LEGEND_PX) / count);
  const nameSize = Math.min(34, Math.max(28, rowPx * 0.44));
  const letterPx = letters ? 64 : 0;
  const names = rows.map((row) => row.depth * INDENT_PX + 34 + textWidthPx(row.span.name, nameSize) * 0.9);
  const laneX = letterPx + Math.min(MAX_NAME_PX, Math.max(...names)) + 30;
  const laneWidth = contentWidth - laneX;
  return {
    laneX,
    laneWidth,
    laneUs: (durationUs * laneWidth) / (laneWidth - LABEL_PX),
    top: RULER_PX + (hasGhost ? rowPx : 0),
    rowPx,
    height: RULER_PX + count * rowPx + LEGEND_PX,
    letterPx,
    nameSize,
  };
}

function segmentsBySpan(trace: Trace): Map<string, CriticalSegment[]> {
  const bySpan = new Map<string, CriticalSegment[]>();
  for (const segment of criticalPathOf(treeOf(trace.spans))) {
    bySpan.set(segment.spanId, [...(bySpan.get(segment.spanId) ?? []), segment]);
  }
  return bySpan;
}

function laneFor(row: Row, segments: readonly CriticalSegment[], { startUs }: Waterfall, frame: Frame): Lane {
  return laneOf(row, segments, {
    range: { fromUs: 0, toUs: frame.laneUs },
    widthPx: frame.laneWidth,
    traceStartUs: startUs,
    widthOf: (text) => textWidthPx(text, LABEL_SIZE),
  });
}

function nameOf(
  row: Row,
  index: number,
  rows: readonly Row[],
  y: number,
  frame: Frame,
  letters = false,
): string {
  const middle = y + frame.rowPx / 2;
  const x = frame.letterPx + row.depth * INDENT_PX;
  const name = {
    x: x + 34,
    y: middle + frame.nameSize * 0.36,
    class: 'span-name',
    'font-size': frame.nameSize,
  };
  return [
    letters ? words(0, middle + 14, String.fromCharCode(65 + index), 'vote') : '',
    branchOf(row, rows, index, frame),
    rect(x, middle - 10, 20, 20, 'swatch', 4),
    element('text', name, escaped(fitted(row.span.name, frame.nameSize, (frame.laneX - x - 64) / 0.8))),
  ].join('');
}

/** The line from a span to its parent. */
function branchOf({ span, depth }: Row, rows: readonly Row[], index: number, frame: Frame): string {
  const parent = rows.findIndex(({ span: other }) => other.spanId === span.parentId);
  if (parent < 0) return '';
  const x = frame.letterPx + (depth - 1) * INDENT_PX + 10;
  const from = frame.top + (parent + 0.5) * frame.rowPx + 14;
  const to = frame.top + (index + 0.5) * frame.rowPx;
  return path('branch', `M${x} ${Math.round(from)}V${Math.round(to)}h${INDENT_PX - 14}`);
}

function laneElements(
  { bar, gaps, path: critical, duration }: Lane,
  y: number,
  frame: Frame,
  quiet = false,
): string {
  const px = (percent: number) => (percent / 100) * frame.laneWidth;
  const barPx = Math.min(52, frame.rowPx * 0.64);
  const top = y + (frame.rowPx - barPx) / 2;
  const baseline = y + frame.rowPx / 2 + LABEL_SIZE * 0.36;
  const box = (className: string, left: number, width: number) =>
    rect(frame.laneX + px(left), top, Math.max(4, px(width)), barPx, className, 5);

  return [
    bar ? box('bar', bar.left, bar.width) : '',
    ...(quiet ? [] : gaps).flatMap((gap) => [
      box('gap', gap.left, gap.width),
      gapText(gap.text, frame.laneX + px(gap.left + gap.width / 2), baseline),
    ]),
    ...critical.map(({ left, width }) =>
      rect(frame.laneX + px(left), top + barPx - 8, px(width), 8, 'critical'),
    ),
    words(
      frame.laneX + px(duration.at) + (duration.edge === 'left' ? 14 : -14),
      baseline,
      duration.text,
      'duration',
      duration.edge === 'left' ? 'start' : 'end',
    ),
  ].join('');
}

/** The text of a gap with its own background, because text on stripes is hard to read. */
function gapText(text: string, middle: number, baseline: number): string {
  const width = textWidthPx(text, LABEL_SIZE) * 0.9 + 24;
  return (
    rect(middle - width / 2, baseline - 27, width, 36, 'label', 8) +
    words(middle, baseline, text, 'gap-text', 'middle')
  );
}

function rulerOf({ durationUs }: Waterfall, frame: Frame): string {
  const bottom = frame.height - LEGEND_PX;
  const marks = ticksOf(0, durationUs, RULER_TICKS).map(({ us, text }) => {
    const x = frame.laneX + (us / frame.laneUs) * frame.laneWidth;
    return (
      element('line', { class: 'tick', x1: x, x2: x, y1: RULER_PX - 14, y2: bottom }) +
      words(x, 28, text, 'tick-text', us === 0 ? 'start' : 'middle')
    );
  });
  return marks.join('');
}

/** The row of a parent span that a header names but that doesn't exist, because the caller isn't traced. */
function ghostOf({ span }: Row, frame: Frame): string {
  const middle = frame.top - frame.rowPx / 2;
  const width = frame.laneWidth - LABEL_PX;
  return element(
    'g',
    { class: 'ghost' },
    element('rect', { x: frame.laneX, y: middle - 26, width, height: 52, rx: 5 }),
    words(frame.letterPx, middle + 10, span.parentId ?? '', 'span-id'),
    words(
      frame.laneX + width / 2,
      middle + 10,
      'parent span from the header: missing',
      'ghost-text',
      'middle',
    ),
  );
}

function legendOf(
  services: readonly string[],
  classOf: (service: string) => string,
  { height }: Frame,
  { criticalPath }: WaterfallOptions,
): string {
  const y = height - 14;
  let x = 0;
  const items = services.map((service) => {
    const item =
      rect(x, y - 20, 24, 24, `swatch ${classOf(service)}`, 5) + words(x + 38, y, service, 'legend');
    x += textWidthPx(service, LABEL_SIZE) + 80;
    return item;
  });
  if (criticalPath) {
    items.push(
      rect(x, y - 12, 48, 8, 'critical'),
      words(x + 62, y, 'critical path: what the response waited for', 'legend'),
    );
  }
  return items.join('');
}

/** The pattern of gaps, in the color of the background; a page needs it once, in an element that isn't hidden. */
export const hatching = element(
  'svg',
  { width: 0, height: 0, 'aria-hidden': 'true', class: 'definitions' },
  element(
    'pattern',
    { id: 'hatching', width: 14, height: 14, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    element('rect', { class: 'stripe', width: 7, height: 14 }),
  ),
);
