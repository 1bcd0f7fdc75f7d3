import type { CriticalSegment } from './critical-path.ts';
import { formatWithDigits } from './duration.ts';
import { durationText } from './waterfall.ts';
import type { Gap, Row } from './waterfall.ts';

/** A range of time, in µs from the start of the trace. */
export interface TimeRange {
  fromUs: number;
  toUs: number;
}

/** A part of a lane, in percent of the lane's width. */
export interface LaneSegment {
  left: number;
  width: number;
}

/** What is drawn in the lane of a row. */
export interface Lane {
  /** Undefined if the span is outside the range. */
  bar: LaneSegment | undefined;
  gaps: (LaneSegment & { text: string; title: string })[];
  path: LaneSegment[];
  /** Positions of events, in percent. */
  events: number[];
  duration: Label;
}

/**
 * A text and the position of its left or right edge in percent of the lane, chosen so that the whole text is visible.
 */
export interface Label {
  text: string;
  edge: 'left' | 'right';
  at: number;
  /** Whether it is on the bar. */
  inside: boolean;
}

/** A span can have thousands of events; more marks than this merge into one line anyway. */
const MAX_EVENTS = 100;
const MARGIN_PX = 6;

/** Lays out the lane of a row, `widthPx` wide. `widthOf` measures a text in px. */
export function laneOf(
  row: Row,
  segments: readonly CriticalSegment[],
  {
    range,
    widthPx,
    traceStartUs,
    widthOf,
  }: {
    range: TimeRange;
    widthPx: number;
    traceStartUs: number;
    widthOf: (text: string) => number;
  },
): Lane {
  const endUs = row.offsetUs + Math.max(0, row.durationUs);
  const bar = segmentOf(row.offsetUs, endUs, range, widthPx);
  const duration = durationLabel(durationText(row), row, bar, widthPx, widthOf, range);
  return {
    bar,
    duration,
    gaps: row.gaps.flatMap((gap) => {
      const segment = segmentOf(gap.offsetUs, gap.offsetUs + gap.durationUs, range, widthPx);
      if (!segment) return [];
      const roomPx = roomFor(segment, duration, widthPx, widthOf) - 4 * MARGIN_PX;
      const phrases = gapPhrases(row, gap);
      return [
        { ...segment, title: phrases[0]!, text: phrases.find((text) => widthOf(text) <= roomPx) ?? '' },
      ];
    }),
    path: segments.flatMap(
      ({ startUs, endUs: until }) =>
        segmentOf(startUs - traceStartUs, until - traceStartUs, range, widthPx) ?? [],
    ),
    events: row.span.events
      .slice(0, MAX_EVENTS)
      .map(({ timeUs }) => percentOf(timeUs - traceStartUs, range))
      .filter((at) => at >= 0 && at <= 100),
  };
}

/** Descriptions of a gap, from the longest to the shortest, so that a caller can pick one that fits. */
export function gapPhrases({ span, extraDigits }: Row, { durationUs }: Gap): string[] {
  const length = formatWithDigits(durationUs, extraDigits);
  const name = span.name.length > 60 ? `${span.name.slice(0, 59)}…` : span.name;
  return [
    `${length} of ${name} in which nothing below it runs`,
    `${length} in which nothing below it runs`,
    `${length}: nothing below it runs`,
    length,
  ];
}

function percentOf(us: number, { fromUs, toUs }: TimeRange): number {
  return ((us - fromUs) / (toUs - fromUs)) * 100;
}

/** The part of a time span that is within the range, at least 2 px wide so that short spans are visible too. */
function segmentOf(fromUs: number, toUs: number, range: TimeRange, widthPx: number): LaneSegment | undefined {
  if (toUs < range.fromUs || fromUs > range.toUs) return undefined;
  const least = (2 / Math.max(1, widthPx)) * 100;
  const left = Math.min(100 - least, Math.max(0, percentOf(fromUs, range)));
  const right = Math.min(100, Math.max(left + least, percentOf(toUs, range)));
  return { left, width: right - left };
}

/** Places the duration right of the bar if there is room, else left of it, else on its right end. */
function durationLabel(
  text: string,
  row: Row,
  bar: LaneSegment | undefined,
  widthPx: number,
  widthOf: (text: string) => number,
  range: TimeRange,
): Label {
  if (!bar) {
    const isBefore = row.offsetUs < range.fromUs;
    return isBefore
      ? { text: `◂ ${text}`, edge: 'left', at: 0, inside: false }
      : { text: `${text} ▸`, edge: 'right', at: 100, inside: false };
  }
  const px = widthPx / 100;
  const need = widthOf(text) + 2 * MARGIN_PX;
  const right = bar.left + bar.width;
  if ((100 - right) * px >= need) return { text, edge: 'left', at: right, inside: false };
  if (bar.left * px >= need) return { text, edge: 'right', at: bar.left, inside: false };
  return { text, edge: 'right', at: right, inside: true };
}

/** The room in a gap that the duration's label leaves, in px. */
function roomFor(
  gap: LaneSegment,
  { text, at, inside }: Label,
  widthPx: number,
  widthOf: (text: string) => number,
): number {
  const end = ((gap.left + gap.width) / 100) * widthPx;
  const labelStart = (at / 100) * widthPx - widthOf(text) - 2 * MARGIN_PX;
  return (inside ? Math.min(end, labelStart) : end) - (gap.left / 100) * widthPx;
}
