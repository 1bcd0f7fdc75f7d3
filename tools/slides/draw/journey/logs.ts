import type { LogRecord } from '../../../../workshop/trace/log-record.ts';
import { appears } from '../appears.ts';
import { path, rect, words } from '../svg.ts';
import { FIRST_ROW_Y, NODE_PX, PADDING_PX, ROW_PX, type Stage } from './boxes.ts';

const BETWEEN_S = 0.3;

interface Place {
  log: LogRecord;
  x: number;
  y: number;
  width: number;
}

/** Draws the log lines of all boxes in chronological order; with ids, a thread follows them from box to box. */
export function drawLogs({ recording: { logs }, boxes, classOf, scene }: Stage, at: number): string {
  const places = logs.map((log, index): Place => {
    const { x, width } = boxes.find(({ name }) => name === log.service)!;
    return { log, x: x + PADDING_PX, y: FIRST_ROW_Y + index * ROW_PX, width: width - 2 * PADDING_PX };
  });
  const hasIds = scene.logs === 'with ids';
  const threads = places
    .slice(1)
    .map((place, index) =>
      appears('birth', at + (index + 1) * BETWEEN_S, path('thread', threadOf(places[index]!, place))),
    );
  const lines = places.map(({ log, x, y, width }, index) =>
    appears(
      `birth ${classOf(log.service)}`,
      at + index * BETWEEN_S,
      rect(x, y, width, NODE_PX, 'log-line', 8),
      words(x + 16, y + NODE_PX / 2 + 13, log.body, 'journey-text'),
      hasIds
        ? words(x + width - 14, y + NODE_PX / 2 + 13, log.traceId.slice(0, 4), 'header-value ink-1', 'end')
        : '',
    ),
  );
  return [...(hasIds ? threads : []), ...lines].join('');
}

/** From one line to the next: between two boxes, or along the left edge of one box. */
function threadOf(one: Place, next: Place): string {
  const [left, right] = one.x <= next.x ? [one, next] : [next, one];
  const [fromY, toY] = [left.y + NODE_PX / 2, right.y + NODE_PX / 2];
  if (left.x === right.x) return `M${right.x} ${fromY}h-30V${toY}h30`;
  const edge = left.x + left.width;
  return `M${edge} ${fromY}C${edge + 150} ${fromY} ${right.x - 150} ${toY} ${right.x} ${toY}`;
}
