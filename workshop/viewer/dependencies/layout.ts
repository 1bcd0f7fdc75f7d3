import { Graph, layout } from '@dagrejs/dagre';
import type { ServiceGraphResponse } from '../../trace/page-data.ts';
import { counted, percent } from '../../trace/numbers.ts';

/** A drawing of the service graph, in px. */
export interface Drawing {
  width: number;
  height: number;
  nodes: DrawnNode[];
  edges: DrawnEdge[];
}

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
  /** Left to right, or top to bottom. */
  direction: 'LR' | 'TB';
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
  return {
    width,
    height,
    nodes: services.map(({ name, spans }) => {
      const node = graph.node(idOf(name)) as Pick<DrawnNode, 'x' | 'y' | 'width' | 'height'>;
      return { name, spans, x: node.x, y: node.y, width: node.width, height: node.height };
    }),
    edges: calls.map((call) => {
      const edge = graph.edge(idOf(call.parent), idOf(call.child)) as unknown as Pick<
        DrawnEdge,
        'points' | 'x' | 'y'
      >;
      return { ...call, points: edge.points, x: edge.x, y: edge.y, labelWidth: edgeWidth(edgeLabel(call)) };
    }),
  };
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

/**
 * A smooth line through all points, as the data of an SVG path. At each point it has the direction from the previous
 * point to the next, and it turns within a third of the distance between points, so that it doesn't swing out.
 */
export function pathThrough(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const curves = rest.map((to, index) => {
    const from = points[index]!;
    const turnPx = Math.hypot(to.x - from.x, to.y - from.y) / 3;
    const leaving = moved(from, turnPx, points[index - 1] ?? from, to);
    const arriving = moved(to, -turnPx, from, points[index + 2] ?? to);
    return `C${leaving.x},${leaving.y} ${arriving.x},${arriving.y} ${to.x},${to.y}`;
  });
  return `M${first.x},${first.y}${curves.join('')}`;
}

/** A point moved by this many px in the direction from `from` to `to`. */
function moved(point: Point, px: number, from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return { x: point.x + (px * (to.x - from.x)) / length, y: point.y + (px * (to.y - from.y)) / length };
}
