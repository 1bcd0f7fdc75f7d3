import type { CriticalSegment } from './critical-path.ts';
import { formatWithDigits } from './duration.ts';
import { durationText } from './waterfall.ts';
import type { Gap, Row } from './waterfall.ts';

/** A stretch of time, in µs from the start of the trace. */
export interface Range {
  fromUs: number;
  toUs: number;
}

/** A stretch of a lane in percent of its width. */
export interface Stretch {
  left: number;
  width: number;
}

/** What is drawn in the lane of a row. */
export interface Lane {
  /** Missing when the span lies outside of the range. */
  bar: Stretch | undefined;
  gaps: (Stretch & { text: string; title: string })[];
  path: Stretch[];
  /** Moments of events, in percent. */
  events: number[];
  duration: Label;
}

/** Text with the place of its left or right edge in percent of the lane; it lies wholly on the screen. */
export interface Label {
  text: string;
  edge: 'left' | 'right';
  at: number;
  /** It stands on the bar. */
  inside: boolean;
}

/** A trace can have thousands of events in one span; more marks than this are one line anyway. */
const MOST_EVENTS = 100;
const MARGIN_PX = 6;

/** What there is to draw for a row, in a lane of this many px. `widthOf` measures a text in px. */
export function laneOf(
  row: Row,
  segments: readonly CriticalSegment[],
  {
    range,
    widthPx,
    traceStartUs,
    widthOf,
  }: {
    range: Range;
    widthPx: number;
    traceStartUs: number;
    widthOf: (text: string) => number;
  },
): Lane {
  const endUs = row.offsetUs + Math.max(0, row.durationUs);
  const bar = stretchOf(row.offsetUs, endUs, range, widthPx);
  const duration = durationLabel(durationText(row), row, bar, widthPx, widthOf, range);
  return {
    bar,
    duration,
    gaps: row.gaps.flatMap((gap) => {
      const stretch = stretchOf(gap.offsetUs, gap.offsetUs + gap.durationUs, range, widthPx);
      if (!stretch) return [];
      const roomPx = roomFor(stretch, duration, widthPx, widthOf) - 4 * MARGIN_PX;
      const phrases = gapPhrases(row, gap);
      return [
        { ...stretch, title: phrases[0]!, text: phrases.find((text) => widthOf(text) <= roomPx) ?? '' },
      ];
    }),
    path: segments.flatMap(
      ({ startUs, endUs: until }) =>
        stretchOf(startUs - traceStartUs, until - traceStartUs, range, widthPx) ?? [],
    ),
    events: row.span.events
      .slice(0, MOST_EVENTS)
      .map(({ timeUs }) => percentOf(timeUs - traceStartUs, range))
      .filter((at) => at >= 0 && at <= 100),
  };
}

/** What a gap says, from the whole sentence down to what fits where there is little room. */
export function gapPhrases({ span, moreDigits }: Row, { durationUs }: Gap): string[] {
  const length = formatWithDigits(durationUs, moreDigits);
  const name = span.name.length > 60 ? `${span.name.slice(0, 59)}…` : span.name;
  return [
    `${length} in which ${name} waits and nothing below it runs`,
    `${length} in which nothing below it runs`,
    `${length}: nothing below runs`,
    `waits ${length}`,
    length,
  ];
}

function percentOf(us: number, { fromUs, toUs }: Range): number {
  return ((us - fromUs) / (toUs - fromUs)) * 100;
}

/** The part of a stretch of time that is within the range, at least 2 px wide, for what is short must be seen too. */
function stretchOf(fromUs: number, toUs: number, range: Range, widthPx: number): Stretch | undefined {
  if (toUs < range.fromUs || fromUs > range.toUs) return undefined;
  const least = (2 / Math.max(1, widthPx)) * 100;
  const left = Math.min(100 - least, Math.max(0, percentOf(fromUs, range)));
  const right = Math.min(100, Math.max(left + least, percentOf(toUs, range)));
  return { left, width: right - left };
}

/** Right of the bar if there is room, else left of it, else on it at its right end. */
function durationLabel(
  text: string,
  row: Row,
  bar: Stretch | undefined,
  widthPx: number,
  widthOf: (text: string) => number,
  range: Range,
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

/** What is left of a gap beside the duration, in px. */
function roomFor(
  gap: Stretch,
  { text, at, inside }: Label,
  widthPx: number,
  widthOf: (text: string) => number,
): number {
  const end = ((gap.left + gap.width) / 100) * widthPx;
  const labelStart = (at / 100) * widthPx - widthOf(text) - 2 * MARGIN_PX;
  return (inside ? Math.min(end, labelStart) : end) - (gap.left / 100) * widthPx;
}
