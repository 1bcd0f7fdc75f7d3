import type { Trace } from '../../../workshop/trace/model.ts';
import { durationText, type Row, waterfallOf } from '../../../workshop/trace/waterfall.ts';
import { serviceClasses } from './services.ts';
import { contentWidth, element, path, picture, rect, textWidthPx, words } from './svg.ts';

const CAPTION_PX = 80;
const BOX_PX = 64;
const LEVEL_PX = 104;
const TEXT_SIZE = 28;
const HALF = contentWidth / 2 - 60;

/** Draws a trace twice: on the left as a tree of spans, on the right as bars in time. */
export function drawTree(trace: Trace, alt: string): string {
  const { rows, depth, durationUs, services } = waterfallOf(trace);
  const classOf = serviceClasses(services);
  const height = CAPTION_PX + depth * LEVEL_PX - (LEVEL_PX - BOX_PX);
  const places = placesOf(rows);

  const tree = rows.map((row, index) => {
    const { x, y } = places[index]!;
    const boxPx = Math.min(HALF / countAt(rows, row.depth) - 16, textWidthPx(row.span.name, TEXT_SIZE) + 40);
    const parent = places[rows.findIndex(({ span }) => span.spanId === row.span.parentId)];
    return element(
      'g',
      { class: classOf(row.span.service) },
      parent
        ? path(
            'branch',
            `M${parent.x} ${parent.y + BOX_PX}C${parent.x} ${y - 16} ${x} ${parent.y + BOX_PX + 16} ${x} ${y}`,
          )
        : '',
      rect(x - boxPx / 2, y, boxPx, BOX_PX, 'node', 10),
      words(x, y + BOX_PX / 2 + 10, row.span.name, 'node-text', 'middle'),
    );
  });

  const rowPx = (height - CAPTION_PX) / rows.length;
  const left = contentWidth - HALF;
  const top = (index: number) => CAPTION_PX + index * rowPx;
  const bars = rows.map((row, index) => {
    const width = Math.max(6, (row.durationUs / durationUs) * (HALF - 130));
    const x = left + (row.offsetUs / durationUs) * (HALF - 130);
    return element(
      'g',
      { class: classOf(row.span.service) },
      rect(x, top(index) + 6, width, rowPx - 16, 'bar', 6),
      words(x + width + 14, top(index) + rowPx / 2 + 8, durationText(row), 'duration'),
    );
  });
  const captions = [
    words(HALF / 2, 34, 'by parent: a tree', 'caption', 'middle'),
    words(left + HALF / 2, 34, 'by time: a waterfall', 'caption', 'middle'),
  ];
  return picture({ height, alt }, ...captions, ...tree, ...bars);
}

interface Place {
  x: number;
  y: number;
}

/** Levels are below each other; the spans of a level are spread evenly. */
function placesOf(rows: readonly Row[]): Place[] {
  const used = new Map<number, number>();
  return rows.map(({ depth }) => {
    const at = used.get(depth) ?? 0;
    used.set(depth, at + 1);
    return { x: (HALF * (at + 0.5)) / countAt(rows, depth), y: CAPTION_PX + depth * LEVEL_PX };
  });
}

function countAt(rows: readonly Row[], depth: number): number {
  return rows.filter((row) => row.depth === depth).length;
}
