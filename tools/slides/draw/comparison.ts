/** Pictures that compare traces at one scale. */
import { formatDuration } from '../../../workshop/trace/duration.ts';
import type { Trace } from '../../../workshop/trace/model.ts';
import { waterfallOf } from '../../../workshop/trace/waterfall.ts';
import { serviceClasses } from './services.ts';
import { barsOf, splitAt } from './strip.ts';
import { contentWidth, element, picture, rect, words } from './svg.ts';

const HALF_PX = 744;
const SPLIT_ROW_PX = 76;

/**
 * Draws what a lost header does: on the left the two traces that a call into a service leaves without it, each from its
 * own beginning; on the right the one trace that was recorded.
 */
export function drawBroken(trace: Trace, service: string, alt: string): string {
  const whole = waterfallOf(trace);
  const [above, below] = splitAt(trace, service).map((part) => waterfallOf(part));
  const classOf = serviceClasses(whole.services);
  const pxPerUs = HALF_PX / whole.durationUs;
  const right = contentWidth - HALF_PX - 24;
  const top = 90;
  const second = top + above!.rows.length * SPLIT_ROW_PX + 70;
  const height = second + below!.rows.length * SPLIT_ROW_PX + 10;
  const frame = (x: number, y: number, rows: number) =>
    rect(x - 24, y - 22, HALF_PX + 48, rows * SPLIT_ROW_PX + 20, 'trace-frame', 16);
  return picture(
    { height, alt },
    words(0, 40, 'without the header: two traces', 'half-title'),
    frame(24, top, above!.rows.length),
    ...barsOf(above!.rows, classOf, { x: 24, y: top, pxPerUs, rowPx: SPLIT_ROW_PX }),
    frame(24, second, below!.rows.length),
    ...barsOf(below!.rows, classOf, { x: 24, y: second, pxPerUs, rowPx: SPLIT_ROW_PX }),
    words(right - 24, 40, 'with it: one trace', 'half-title'),
    frame(right, top, whole.rows.length),
    ...barsOf(whole.rows, classOf, { x: right, y: top, pxPerUs, rowPx: SPLIT_ROW_PX }),
  );
}

const FIX_ROW_PX = 36;

/** Draws the same call before and after a fix, one below the other, at the same scale. */
export function drawFix(before: Trace, after: Trace, alt: string): string {
  const [slow, fast] = [before, after].map((trace) => waterfallOf(trace)) as [Shown, Shown];
  const classOf = serviceClasses(slow.services);
  const pxPerUs = contentWidth / slow.durationUs;
  const below = slow.rows.length * FIX_ROW_PX + 50;
  const endOfFast = fast.durationUs * pxPerUs;
  return picture(
    { height: below + fast.rows.length * FIX_ROW_PX, alt },
    ...barsOf(slow.rows, classOf, { x: 0, y: 0, pxPerUs, rowPx: FIX_ROW_PX }),
    words(0, below - 90, formatDuration(slow.durationUs), 'fix-time'),
    element('line', { class: 'tick', x1: 0, x2: contentWidth, y1: below - 26, y2: below - 26 }),
    ...barsOf(fast.rows, classOf, { x: 0, y: below, pxPerUs, rowPx: FIX_ROW_PX }, 'bar shrinks'),
    words(endOfFast + 40, below + 170, formatDuration(fast.durationUs), 'fix-time'),
  );
}

type Shown = ReturnType<typeof waterfallOf>;

const CLOSING_ROW_PX = 46;

/** Draws the bars of the title again: empty where the time was, and filled as they are after the fix. */
export function drawClosing(before: Trace, after: Trace, alt: string): string {
  const [slow, fast] = [before, after].map((trace) => waterfallOf(trace)) as [Shown, Shown];
  const classOf = serviceClasses(slow.services);
  const pxPerUs = contentWidth / slow.durationUs;
  const place = { x: 0, y: 0, pxPerUs, rowPx: CLOSING_ROW_PX };
  return picture(
    { height: slow.rows.length * CLOSING_ROW_PX, alt },
    ...barsOf(slow.rows, classOf, place, 'was'),
    ...barsOf(fast.rows, classOf, place, 'bar shrinks'),
    words(
      fast.durationUs * pxPerUs + 60,
      CLOSING_ROW_PX * 7.6,
      formatDuration(fast.durationUs),
      'closing-time',
    ),
  );
}
