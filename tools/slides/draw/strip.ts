/** The bars of a trace without names, so that several traces fit into one picture at the same scale. */
import type { Trace } from '../../../workshop/trace/model.ts';
import { type Row, waterfallOf } from '../../../workshop/trace/waterfall.ts';
import { rect } from './svg.ts';

/** Where a strip is, and its scale. px. */
interface StripPlace {
  x: number;
  y: number;
  pxPerUs: number;
  rowPx: number;
  /** The height of a bar. */
  barPx?: number;
}

/** One bar per row, in the color of its service, at its place in time. */
export function barsOf(
  rows: readonly Row[],
  classOf: (service: string) => string,
  { x, y, pxPerUs, rowPx, barPx = rowPx * 0.7 }: StripPlace,
  className = 'bar',
): string[] {
  return rows.map(({ span, offsetUs, durationUs }, index) =>
    rect(
      x + offsetUs * pxPerUs,
      y + index * rowPx,
      Math.max(6, durationUs * pxPerUs),
      barPx,
      `${className} ${classOf(span.service)}`,
      5,
    ),
  );
}

/** The part of a trace that a service and those below it recorded, and the rest. */
export function splitAt(trace: Trace, service: string): [rest: Trace, part: Trace] {
  const { rows } = waterfallOf(trace);
  const first = rows.findIndex(({ span }) => span.service === service);
  const end = rows.findIndex(({ depth }, index) => index > first && depth <= rows[first]!.depth);
  const inPart = new Set(rows.slice(first, end < 0 ? undefined : end).map(({ span }) => span.spanId));
  return [
    { ...trace, spans: trace.spans.filter(({ spanId }) => !inPart.has(spanId)) },
    { ...trace, spans: trace.spans.filter(({ spanId }) => inPart.has(spanId)) },
  ];
}
