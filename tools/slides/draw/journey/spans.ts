/** What the services record, in their boxes. */
import type { Span } from '../../../../workshop/trace/model.ts';
import type { Row } from '../../../../workshop/trace/waterfall.ts';
import { appears } from '../appears.ts';
import { fitted, path, rect, words } from '../svg.ts';
import { type Box, FIRST_ROW_Y, NODE_PX, PADDING_PX, ROW_PX, type Stage } from './boxes.ts';

const INDENT_PX = 26;
const LINE_PX = 46;
const TEXT_SIZE = 36;
/** How far the second rectangle of several spans is from the first. */
const STACK_PX = 8;

/** A span in the box of its service; spans with the same parent and name share a node. */
export interface Node {
  span: Span;
  count: number;
  x: number;
  y: number;
  width: number;
}

/** The places of a service's spans in its box. */
export function nodesOf(rows: readonly Row[], box: Box): Node[] {
  const own = rows.filter(({ span }) => span.service === box.name);
  const nodes: Node[] = [];
  for (const { span, depth } of own) {
    const same = nodes.find((node) => node.span.parentId === span.parentId && node.span.name === span.name);
    if (same) {
      same.count++;
      continue;
    }
    const indent = (depth - own[0]!.depth) * INDENT_PX;
    nodes.push({
      span,
      count: 1,
      x: box.x + PADDING_PX + indent,
      y: FIRST_ROW_Y + nodes.length * ROW_PX,
      width: box.width - 2 * PADDING_PX - indent,
    });
  }
  return nodes;
}

/** Draws a node, with an arrow to its parent if that is in another box. */
export function drawNode({ span, count, x, y, width }: Node, stage: Stage, at: number): string {
  const stack = count > 1 ? STACK_PX : 0;
  const box = (by: number) => rect(x + by, y + by, width - stack, NODE_PX, 'node', 12);
  const text = `${count > 1 ? `${count} × ` : ''}${shortName(span.name)}`;
  return appears(
    `birth ${stage.classOf(span.service)}`,
    at,
    parentArrow(span, x, y, stage),
    stack > 0 ? box(stack) : '',
    box(0),
    words(x + 14, y + NODE_PX / 2 + 13, fitted(text, TEXT_SIZE, (width - 36) * 1.3), 'journey-text'),
  );
}

function parentArrow(span: Span, x: number, y: number, { rows, boxes }: Stage): string {
  const parent = rows.find((row) => row.span.spanId === span.parentId)?.span;
  const box = boxes.find(({ name }) => name === parent?.service && name !== span.service);
  const node = box && nodesOf(rows, box).find((each) => each.span.spanId === parent!.spanId);
  if (!node) return '';
  const from = y + NODE_PX / 2;
  const to = node.y + NODE_PX / 2;
  const end = node.x + node.width + 6;
  const bend = x - PADDING_PX - 60;
  return (
    path('parent-arrow', `M${x} ${from}H${bend}V${to}H${end + 20}`) +
    path('parent-head', `M${end} ${to}l28 -15v30z`)
  );
}

/** Draws what is missing in a box, below the spans that are there. */
export function drawMissing(box: Box, { rows, scene }: Stage, at: number): string {
  const text = scene.missing.get(box.name);
  if (text === undefined) return '';
  const above = scene.bare || scene.logs ? 0 : nodesOf(rows, box).length;
  const y = FIRST_ROW_Y + above * ROW_PX;
  const lines = text.split('/');
  return appears(
    'birth',
    at,
    rect(
      box.x + PADDING_PX,
      y,
      box.width - 2 * PADDING_PX,
      NODE_PX + (lines.length - 1) * LINE_PX,
      'hole',
      12,
    ),
    ...lines.map((line, index) =>
      words(box.x + box.width / 2, y + 44 + index * LINE_PX, line, 'lacks', 'middle'),
    ),
  );
}

/** The part of a span's name that matters in a small box. */
function shortName(name: string): string {
  return name
    .replace(/^request handler - /, '')
    .replace(/^grpc\..*\//, '')
    .replace(/^(publish|process) .*/, '$1');
}
