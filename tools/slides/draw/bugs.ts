import { UserError } from '../../../workshop/errors.ts';
import type { Trace } from '../../../workshop/trace/model.ts';
import { type Row, waterfallOf } from '../../../workshop/trace/waterfall.ts';
import { formatDuration } from '../../../workshop/trace/duration.ts';
import { serviceClasses } from './services.ts';
import { barsOf } from './strip.ts';
import { contentWidth, picture, rect, words } from './svg.ts';

const PANEL_PX = 500;
const PANEL_GAP_PX = (contentWidth - 3 * PANEL_PX) / 2;
const INSET_PX = 40;

/**
 * The three bugs of chapter 1, each with the part of the trace that shows it: a gap, a staircase, and what no trace
 * shows.
 * @throws UserError if the trace has no gap or no repeated span
 */
export function drawBugs(trace: Trace, alt: string): string {
  const { rows, services } = waterfallOf(trace);
  const classOf = serviceClasses(services);
  const idle = rows.find(({ gaps }) => gaps.length > 0);
  const below = idle && rows.find(({ span }) => span.parentId === idle.span.spanId);
  const stairs = rows.filter(({ span }) =>
    rows.some(
      ({ span: other }) => other !== span && other.parentId === span.parentId && other.name === span.name,
    ),
  );
  if (!idle || !below || stairs.length === 0)
    throw new UserError(`The recorded trace ${trace.traceId} has no gap, or no span that is repeated.`);
  const gap = idle.gaps[0]!;

  const panel = (index: number, title: string, says: string, ...children: string[]) => {
    const x = index * (PANEL_PX + PANEL_GAP_PX);
    return [
      rect(x, 0, PANEL_PX, 540, 'card', 24),
      words(x + INSET_PX, 76, title, 'box-name'),
      ...children,
      words(x + INSET_PX, 480, says, 'half-title'),
    ].join('');
  };
  const scale = (part: readonly Row[], index: number) => {
    const from = Math.min(...part.map(({ offsetUs }) => offsetUs));
    const to = Math.max(...part.map(({ offsetUs, durationUs }) => offsetUs + durationUs));
    const pxPerUs = (PANEL_PX - 2 * INSET_PX) / (to - from);
    const left = index * (PANEL_PX + PANEL_GAP_PX) + INSET_PX;
    return { x: left - from * pxPerUs, y: 170, pxPerUs, rowPx: 84 };
  };
  const first = scale([idle, below], 0);
  const twins = 2 * (PANEL_PX + PANEL_GAP_PX) + INSET_PX;
  return picture(
    { height: 540, alt },
    panel(
      0,
      'The gap',
      `${formatDuration(gap.durationUs)} before the call`,
      ...barsOf([idle, below], classOf, first),
      rect(
        first.x + gap.offsetUs * first.pxPerUs,
        first.y,
        gap.durationUs * first.pxPerUs,
        first.rowPx * 0.7,
        'gap',
      ),
    ),
    panel(1, 'The staircase', 'one review after another', ...barsOf(stairs, classOf, scale(stairs, 1))),
    panel(
      2,
      'The twins',
      'and no trace shows it',
      ...stairs.flatMap((_, index) => [
        rect(twins, 160 + index * 84, PANEL_PX - 2 * INSET_PX, 66, 'envelope', 12),
        words(twins + 24, 205 + index * 84, 'the same uuid', 'journey-text'),
      ]),
    ),
  );
}
