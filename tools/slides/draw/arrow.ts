import { path } from './svg.ts';

const HEAD_PX = 30;

/** A straight arrow between two points; `className` styles its line. */
export function arrow(
  [x, y]: readonly [number, number],
  [toX, toY]: readonly [number, number],
  className = 'arrow',
): string {
  const length = Math.hypot(toX - x, toY - y);
  const [dx, dy] = [((toX - x) / length) * HEAD_PX, ((toY - y) / length) * HEAD_PX];
  const [baseX, baseY] = [toX - dx, toY - dy];
  const corners = [
    [toX, toY],
    [baseX - dy * 0.56, baseY + dx * 0.56],
    [baseX + dy * 0.56, baseY - dx * 0.56],
  ];
  return (
    path(className, `M${at(x, y)}L${at(baseX, baseY)}`) +
    path('arrow-head', `M${corners.map(([cornerX, cornerY]) => at(cornerX!, cornerY!)).join('L')}z`)
  );
}

function at(x: number, y: number): string {
  return `${Math.round(x)} ${Math.round(y)}`;
}
