import { Graph, layout } from '@dagrejs/dagre';
import type { ServiceGraphResponse } from '../../trace/page-data.ts';
import { counted, percent } from '../../trace/numbers.ts';

/** A drawing of the service graph, in px. */
export interface Drawing {
  direction: Direction;
  width: number;
  height: number;
  nodes: DrawnNode[];
  edges: DrawnEdge[];
}

/** Left to right, or top to bottom. */
export type Direction = 'LR' | 'TB';

/** `x` and `y` are the center. */
export interface DrawnNode {
  name: string;
  spans: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Point {
  x: number;
  y: number;
}

export interface DrawnEdge {
  parent: string;
  child: string;
  calls: number;
  errors: number;
  /** The points of the line from one service to the other. */
  points: Point[];
  /** The center of the label. */
  x: number;
  y: number;
  labelWidth: number;
}

/** The sizes of the texts of nodes and edges, in px. */
export interface Measures {
  em: number;
  nodeWidth: (name: string) => number;
  edgeWidth: (label: string) => number;
  direction: Direction;
}

/** Lays out the services in layers, callers before the services that they call, with room for every label. */
export function drawingOf({ services, calls }: ServiceGraphResponse, measures: Measures): Drawing {
  const { em, nodeWidth, edgeWidth, direction } = measures;
  const graph = new Graph({ directed: true });
  graph.setGraph({
    rankdir: direction,
    nodesep: 1.6 * em,
    edgesep: 0.8 * em,
    ranksep: direction === 'LR' ? 2.5 * em : 1.5 * em,
    marginx: em,
    marginy: em,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  // The graph keeps nodes as properties of an object, which some names, such as __proto__, can't be.
  const ids = new Map(services.map(({ name }, index) => [name, `service ${index}`]));
  const idOf = (name: string) => ids.get(name)!;
  for (const { name } of services)
    graph.setNode(idOf(name), { width: nodeWidth(shortName(name)), height: 3.4 * em });
  for (const { parent, child, ...counts } of calls) {
    graph.setEdge(idOf(parent), idOf(child), {
      width: edgeWidth(edgeLabel(counts)),
      height: 1.3 * em,
      labelpos: 'c',
    });
  }
  layout(graph);

  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const nodes = new Map(
    services.map(({ name, spans }): [string, DrawnNode] => {
      const node = graph.node(idOf(name)) as Pick<DrawnNode, 'x' | 'y' | 'width' | 'height'>;
      return [name, { name, spans, x: node.x, y: node.y, width: node.width, height: node.height }];
    }),
  );
  return {
    direction,
    width,
    height,
    nodes: [...nodes.values()],
    edges: calls.map((call) => {
      const edge = graph.edge(idOf(call.parent), idOf(call.child)) as unknown as Pick<
        DrawnEdge,
        'points' | 'x' | 'y'
      >;
      const ends = [nodes.get(call.parent)!, nodes.get(call.child)!] as const;
      const points = lineBetween(ends, edge.points.slice(1, -1), [...nodes.values()], direction);
      return { ...call, points, x: edge.x, y: edge.y, labelWidth: edgeWidth(edgeLabel(call)) };
    }),
  };
}

/** In which direction layers follow each other, and the sides of a box in it and across it. */
const axes = {
  LR: { along: 'x', across: 'y', length: 'width', breadth: 'height' },
  TB: { along: 'y', across: 'x', length: 'height', breadth: 'width' },
} as const;

/**
 * A line from the side of one box to the side of another, through bends between layers and in them. dagre's own lines end
 * at the centers of boxes, so that they can pass through other boxes of the layer. This one turns only between layers.
 */
function lineBetween(
  [from, to]: readonly [DrawnNode, DrawnNode],
  bends: readonly Point[],
  nodes: readonly DrawnNode[],
  direction: Direction,
): Point[] {
  const { along, across, length, breadth } = axes[direction];
  const way = Math.sign(to[along] - from[along]);
  const beside = (point: Point, distance: number): Point => ({ ...point, [along]: point[along] + distance });
  /** Half of the length of the longest box in the layer of a point; 0 between layers. */
  const halfOfLayer = (point: Point) =>
    Math.max(
      0,
      ...nodes.filter((node) => Math.abs(node[along] - point[along]) < 1).map((node) => node[length] / 2),
    );
  /** From a box to the edge of its layer. A line that goes up begins higher, so that lines don't cover each other. */
  const leaving = ({ x, y, ...box }: DrawnNode, bend: Point, sign: number) => {
    const away = bend[across] - { x, y }[across];
    const shift = Math.sign(away) * Math.min(box[breadth] / 4, Math.sqrt(Math.abs(away)));
    const start = { x, y, [across]: { x, y }[across] + shift };
    return [beside(start, (sign * box[length]) / 2), beside(start, sign * halfOfLayer(start))];
  };
  const points = [
    ...leaving(from, bends[0]!, way),
    ...bends.flatMap((bend) => [
      beside(bend, -way * halfOfLayer(bend)),
      beside(bend, way * halfOfLayer(bend)),
    ]),
    ...leaving(to, bends.at(-1)!, -way).toReversed(),
  ];
  return points.filter(({ x, y }, index) => x !== points[index - 1]?.x || y !== points[index - 1]?.y);
}

/** Longer service names are shortened, because they would distort the drawing. */
const MAX_CHARACTERS = 28;

/** The name of a service as drawn. */
export function shortName(name: string): string {
  return name.length > MAX_CHARACTERS ? `${name.slice(0, MAX_CHARACTERS - 1)}…` : name;
}

/** `12 calls`, `1 call · 100 % errors`. */
export function edgeLabel({ calls, errors }: { calls: number; errors: number }): string {
  const count = counted(calls, 'call');
  return errors === 0 ? count : `${count} · ${percent(errors, calls)} errors`;
}

/** A smooth line through all points, as the data of an SVG path. At each point, it has the direction of the drawing. */
export function pathThrough(points: readonly Point[], direction: Direction): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const curves = rest.map((to, index) => {
    const from = points[index]!;
    const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
    return direction === 'LR'
      ? `C${middle.x},${from.y} ${middle.x},${to.y} ${to.x},${to.y}`
      : `C${from.x},${middle.y} ${to.x},${middle.y} ${to.x},${to.y}`;
  });
  return `M${first.x},${first.y}${curves.join('')}`;
}
