import { appears } from './appears.ts';
import { arrow } from './arrow.ts';
import { contentWidth, picture, rect, words } from './svg.ts';

/** A box: its lines of text; `asks` is one that is missing or in question, `stands out` the one that matters. */
interface FlowBox {
  lines: string[];
  look: 'plain' | 'asks' | 'stands out';
}

/** Boxes below each other, and how the arrows from the column before are drawn. */
interface Column {
  boxes: FlowBox[];
  isDashed: boolean;
}

const LINE_PX = 58;
const PADDING_PX = 56;
const BOX_GAP_PX = 34;
const MIN_HEIGHT_PX = 480;
/** The width of an arrow, if there is room. */
const ARROW_PX = 190;
const MIN_ARROW_PX = 70;
const MAX_BOX_PX = 440;

/**
 * Reads a flow such as `you → Prometheus/alerts | ?Jaeger ⇢ backend`: columns of boxes with arrows between them,
 * dashed after `⇢`; the boxes of a column are separated by `|`, and the lines of a box by `/`; a box that begins with
 * `?` is dashed, and one that begins with `!` stands out.
 */
export function flowOf(text: string): Column[] {
  return text.split(/(?=[→⇢])/).map((column) => ({
    isDashed: column.startsWith('⇢'),
    boxes: column
      .replace(/^[→⇢]/, '')
      .split('|')
      .map((box) => ({
        look: /^\s*\?/.test(box) ? 'asks' : /^\s*!/.test(box) ? 'stands out' : 'plain',
        lines: box
          .replace(/^\s*[?!]/, '')
          .split('/')
          .map((line) => line.trim()),
      })),
  }));
}

/** Draws columns of boxes, with an arrow from each box of a column to its neighbor, or to all, in the next. */
export function drawFlow(columns: readonly Column[], alt: string): string {
  const arrows = columns.length - 1;
  const boxPx = Math.min(MAX_BOX_PX, (contentWidth - arrows * MIN_ARROW_PX) / columns.length);
  const gapPx = arrows === 0 ? 0 : Math.min(ARROW_PX * 2, (contentWidth - columns.length * boxPx) / arrows);
  const left = (contentWidth - columns.length * boxPx - arrows * gapPx) / 2;
  const heightOf = ({ lines }: FlowBox) => lines.length * LINE_PX + PADDING_PX;
  const sum = (boxes: readonly FlowBox[]) =>
    boxes.reduce((total, box) => total + heightOf(box), (boxes.length - 1) * BOX_GAP_PX);
  const height = Math.max(MIN_HEIGHT_PX, ...columns.map(({ boxes }) => sum(boxes)));

  const placed = columns.map(({ boxes, isDashed }, column) => {
    let y = (height - sum(boxes)) / 2;
    const places = boxes.map((box) => {
      const place = { box, x: left + column * (boxPx + gapPx), y, height: heightOf(box) };
      y += place.height + BOX_GAP_PX;
      return place;
    });
    return { places, isDashed };
  });

  const drawn = placed.map(({ places, isDashed }, column) => {
    const before = placed[column - 1]?.places ?? [];
    const isPairwise = before.length === places.length;
    const ways = before.flatMap((from, index) =>
      places
        .filter((_, at) => !isPairwise || at === index)
        .map((to) =>
          arrow(
            [from.x + boxPx + 10, middleOf(from)],
            [to.x - 10, middleOf(to)],
            isDashed ? 'arrow message' : 'arrow',
          ),
        ),
    );
    return appears('birth', 0.2 + column * 0.5, ...ways, ...places.map((place) => boxElements(place, boxPx)));
  });
  return picture({ height, alt }, ...drawn);
}

interface Place {
  box: FlowBox;
  x: number;
  y: number;
  height: number;
}

function middleOf({ y, height }: Place): number {
  return y + height / 2;
}

function boxElements({ box: { lines, look }, x, y, height }: Place, width: number): string {
  const className = { plain: 'card', asks: 'hole', 'stands out': 'wrapper' }[look];
  return (
    rect(x, y, width, height, className, 20) +
    lines
      .map((line, index) =>
        words(
          x + width / 2,
          y + PADDING_PX / 2 + LINE_PX * (index + 0.5) + 14,
          line,
          index === 0 ? 'flow-name' : 'flow-says',
          'middle',
        ),
      )
      .join('')
  );
}
