/**
 * The journey of one request: the same boxes in the same places on every slide, what travels between them, and what
 * each of them records. The spans, ids, and log lines come from a recording; the URL of the picture says which of them a
 * slide shows, and what is missing.
 */
import { UserError } from '../../../workshop/errors.ts';
import { formatDuration } from '../../../workshop/trace/duration.ts';
import type { LogRecord } from '../../../workshop/trace/log-record.ts';
import type { Span } from '../../../workshop/trace/model.ts';
import { type Row, waterfallOf } from '../../../workshop/trace/waterfall.ts';
import type { Recording } from '../../traces/recordings.ts';
import { serviceClasses } from './services.ts';
import { contentWidth, element, fitted, picture, words } from './svg.ts';

/** The systems of the talk: their boxes, in the order of the call. */
const systems = [
  ['caller', 'bands-api', 'reviews-api'],
  ['gateway', 'checkout', 'stock'],
];

/** The services that receive messages, for which no other service waits. */
const consumers = new Set(['stock']);

/** What a picture shows, as the query of its URL says it. */
export interface Scene {
  /** The headers of the request or message to a service: a name, or `no NAME` for one that is missing. */
  to: ReadonlyMap<string, readonly string[]>;
  /** The headers of a service's response, in the same way. */
  from: ReadonlyMap<string, readonly string[]>;
  /** What is missing in a box. */
  missing: ReadonlyMap<string, string>;
  /** Leaves out the spans. */
  bare: boolean;
  /** Log lines instead of spans, alone or with their trace id. */
  logs?: 'alone' | 'with ids';
  /** How long the caller waits, in large digits. */
  seconds: boolean;
  /** Where all boxes send their spans: the names of what they pass, from the nearest. */
  stores: readonly string[];
}

/** Reads a scene from a query such as `to bands-api=traceparent&to reviews-api=no traceparent&caller=no spans`. */
export function sceneOf(query: URLSearchParams): Scene {
  const named = (prefix: string) =>
    [...query]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]);
  const headers = (prefix: string) =>
    new Map(named(prefix).map(([service, list]) => [service!, list === '' ? [] : list!.split(',')]));
  const boxes = new Set(systems.flat());
  const logs = query.get('logs');
  return {
    to: headers('to '),
    from: headers('from '),
    missing: new Map([...query].filter(([key]) => boxes.has(key))),
    bare: query.has('bare'),
    seconds: query.has('seconds'),
    stores: query.get('stores')?.split(',') ?? [],
    ...(logs !== null && { logs: logs === 'ids' ? 'with ids' : 'alone' }),
  };
}

const GAP_PX = 250;
const CALLER_PX = 220;
const CARD_PX = 224;
const CARD_ROW_PX = 46;
/** A request enters a box at this height; its card is above it. */
const WAY_Y = 228;
const BOX_TOP = WAY_Y - 48;
const BOX_PX = 404;
/** The height of a box without anything in it. */
const EMPTY_BOX_PX = 150;
/** The height of a box with only what is missing in it. */
const HOLE_BOX_PX = 240;
const STORE_PX = 96;
const STORE_GAP_PX = 64;
const FIRST_ROW_Y = BOX_TOP + 96;
const ROW_PX = 76;
const NODE_PX = 62;
const PADDING_PX = 22;
const INDENT_PX = 26;
const TEXT_SIZE = 36;

/** Seconds that a packet travels, and between two spans. */
const TRAVEL_S = 0.9;
const BIRTH_S = 0.3;

/** The box of a service. */
export interface Box {
  name: string;
  x: number;
  width: number;
}

/** Where the boxes of a recording's system are. The caller is small. */
export function boxesOf(services: readonly string[]): Box[] {
  const names = systems.find((system) => services.every((service) => system.includes(service)));
  if (!names) throw new UserError(`There is no journey through ${services.join(', ')}.`);
  const small = names.includes('caller') ? CALLER_PX : undefined;
  const left = contentWidth - (names.length - 1) * GAP_PX - (small ?? 0);
  const width = left / (names.length - (small === undefined ? 0 : 1));
  let x = 0;
  return names.map((name) => {
    const box = { name, x, width: name === 'caller' ? CALLER_PX : width };
    x += box.width + GAP_PX;
    return box;
  });
}

/**
 * Draws the journey of a recorded request.
 * @throws UserError if the scene needs a call or a system that the recording doesn't have
 */
export function drawJourney(recording: Recording, alt: string, scene: Scene): string {
  const { services, rows, durationUs } = waterfallOf(recording);
  const boxes = boxesOf(services);
  const classOf = serviceClasses(boxes.map(({ name }) => name));
  const boxPx = boxHeightOf(scene);
  let at = 0.3;
  const drawn: string[] = [];
  for (const [index, box] of boxes.entries()) {
    if (index > 0) {
      drawn.push(packetTo(box, boxes[index - 1]!, recording, scene, at));
      at += TRAVEL_S;
    }
    const own = scene.bare || scene.logs ? [] : nodesOf(rows, box);
    for (const node of own) {
      drawn.push(nodeElements(node, own, rows, boxes, classOf, at));
      at += BIRTH_S;
    }
  }
  if (scene.logs) drawn.push(...logLines(recording, boxes, classOf, scene.logs === 'with ids', at));
  for (const [service, headers] of scene.from) {
    drawn.push(responseOf(service, headers, boxes, recording, at));
    at += TRAVEL_S;
  }
  for (const box of boxes) drawn.push(missingIn(box, scene, rows, at));
  const below = BOX_TOP + boxPx;
  return picture(
    contentWidth,
    below + scene.stores.length * (STORE_PX + STORE_GAP_PX) + (scene.seconds ? 364 : 4),
    alt,
    ...boxes.map((box) => boxElements(box, boxPx, classOf)),
    ...drawn,
    ...scene.stores.map((store, index) =>
      storeElements(store, below + index * (STORE_PX + STORE_GAP_PX), index === 0 ? boxes : undefined, at),
    ),
    scene.seconds ? waitOf(durationUs, below) : '',
  );
}

/** A box is as high as what it has to show. */
function boxHeightOf({ seconds, bare, stores, logs }: Scene): number {
  if (seconds || (bare && stores.length > 0)) return EMPTY_BOX_PX;
  if (bare && !logs) return HOLE_BOX_PX;
  return stores.length > 0 ? BOX_PX - ROW_PX : BOX_PX;
}

/** What the spans reach after the boxes, over the whole width: an arrow from each box, or from the store before. */
function storeElements(text: string, y: number, boxes: readonly Box[] | undefined, at: number): string {
  const top = y + STORE_GAP_PX;
  const [name = '', ...does] = text.split(': ');
  const middles = boxes?.slice(boxes[0]!.name === 'caller' ? 1 : 0).map(({ x, width }) => x + width / 2);
  return element(
    'g',
    { class: 'birth', style: `--at: ${at.toFixed(1)}s` },
    ...(middles ?? [contentWidth / 2]).map(
      (x) =>
        element('path', { class: 'arrow', d: `M${x} ${y + 8}V${top - 24}` }) +
        element('path', { class: 'arrow-head', d: `M${x} ${top - 8}l-17 -30h34z` }),
    ),
    element('rect', { class: 'card', x: 0, y: top, width: contentWidth, height: STORE_PX, rx: 20 }),
    words(PADDING_PX + 10, top + STORE_PX / 2 + 15, name, 'box-name'),
    words(contentWidth - PADDING_PX - 10, top + STORE_PX / 2 + 13, does.join(': '), 'journey-text', 'end'),
  );
}

function boxElements(
  { name, x, width }: Box,
  heightPx: number,
  classOf: (service: string) => string,
): string {
  return element(
    'g',
    { class: classOf(name) },
    element('rect', { class: 'card', x, y: BOX_TOP, width, height: heightPx, rx: 20 }),
    element('rect', { class: 'box-edge', x, y: BOX_TOP, width, height: 12, rx: 6 }),
    words(x + PADDING_PX, BOX_TOP + 64, name, 'box-name'),
  );
}

/** A row of a packet: the name of a header, or a part of its value. */
interface CardRow {
  text: string;
  className: string;
}

/** The request or message to a box: an arrow, and on it a card with the headers. */
function packetTo(box: Box, from: Box, recording: Recording, scene: Scene, at: number): string {
  const carried = scene.to.get(box.name);
  if (!carried) return '';
  const rows = carried.flatMap((header) => headerRows(header, box.name, recording));
  const x = from.x + from.width;
  return (
    way(x + 16, box.x - 16, WAY_Y, consumers.has(box.name) ? 'arrow message' : 'arrow') +
    card(x + (GAP_PX - CARD_PX) / 2, WAY_Y - 22, rows, 'up', at)
  );
}

const ENTRIES = new Set(['server', 'consumer']);

/** A response, back to the box before. */
function responseOf(
  service: string,
  headers: readonly string[],
  boxes: readonly Box[],
  recording: Recording,
  at: number,
): string {
  const index = boxes.findIndex(({ name }) => name === service);
  const [before, box] = [boxes[index - 1], boxes[index]];
  if (!before || !box) throw new UserError(`No box is before ${service}.`);
  const x = before.x + before.width;
  const y = WAY_Y + 120;
  const rows = headers.flatMap((header) => headerRows(header, service, recording));
  return (
    way(box.x - 16, x + 16, y, 'arrow') + card(x + (GAP_PX - CARD_PX) / 2, y + 24, rows, 'down', at, 'back')
  );
}

/** What a card says about a header: its name, and its value from the recording. */
function headerRows(header: string, service: string, recording: Recording): CardRow[] {
  if (header.startsWith('no ')) return [{ text: header.slice(3), className: 'lacks' }];
  if (!(header in valuesOf)) return [{ text: header, className: 'note' }];
  const values = valuesOf[header as keyof typeof valuesOf](contextOf(service, recording));
  return [{ text: header, className: 'header-name' }, ...values];
}

/** What travels to a service, as the recording shows it. */
interface Context {
  traceId: string;
  parentId: string;
  traceState: string;
}

/**
 * The context that a service receives: from its own first span or, if it records none, from the span that sends the
 * message.
 */
function contextOf(service: string, { spans, traceId }: Recording): Context {
  const entry = spans.find((span) => span.service === service && ENTRIES.has(span.kind));
  if (entry?.parentId) return { ...entry, parentId: entry.parentId };
  const sender = spans.find(
    ({ kind, spanId }) => kind === 'producer' && !spans.some(({ parentId }) => parentId === spanId),
  );
  if (!sender) throw new UserError(`The recorded trace ${traceId} has no call into ${service}.`);
  return { ...sender, parentId: sender.spanId };
}

const valuesOf = {
  traceparent: ({ traceId, parentId }: Context): CardRow[] => [
    { text: short(traceId), className: 'header-value ink-1' },
    { text: short(parentId), className: 'header-value ink-2' },
  ],
  tracestate: ({ traceState }: Context): CardRow[] =>
    traceState.split(',').map((entry) => ({
      text: entry.split('=')[0]!,
      className: entry.startsWith('workshop=') ? 'header-value ink-1' : 'header-value',
    })),
  'trace-id': ({ traceId }: Context): CardRow[] => [
    { text: short(traceId), className: 'header-value ink-1' },
  ],
};

function card(
  x: number,
  y: number,
  rows: readonly CardRow[],
  side: 'up' | 'down',
  at: number,
  direction = 'there',
): string {
  const height = rows.length * CARD_ROW_PX + 22;
  const top = side === 'up' ? y - height : y;
  const isMissing = rows.every(({ className }) => className === 'lacks');
  return element(
    'g',
    { class: `packet ${direction}`, style: `--at: ${at.toFixed(1)}s` },
    element('rect', {
      class: isMissing ? 'hole' : 'envelope',
      x,
      y: top,
      width: CARD_PX,
      height,
      rx: 14,
    }),
    ...rows.map(({ text, className }, index) =>
      words(x + CARD_PX / 2, top + 48 + index * CARD_ROW_PX, text, className, 'middle'),
    ),
  );
}

function way(from: number, to: number, y: number, className: string): string {
  const back = Math.sign(from - to);
  return (
    element('path', { class: className, d: `M${from} ${y}H${to + back * 16}` }) +
    element('path', { class: 'arrow-head', d: `M${to} ${y}l${back * 30} -17v34z` })
  );
}

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
  const [first] = own;
  const nodes: Node[] = [];
  for (const { span, depth } of own) {
    const same = nodes.find(
      ({ span: other }) => other.parentId === span.parentId && other.name === span.name,
    );
    if (same) {
      same.count++;
      continue;
    }
    const indent = (depth - first!.depth) * INDENT_PX;
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

function nodeElements(
  { span, count, x, y, width }: Node,
  siblings: readonly Node[],
  rows: readonly Row[],
  boxes: readonly Box[],
  classOf: (service: string) => string,
  at: number,
): string {
  const text = `${count > 1 ? `${count} × ` : ''}${shortName(span.name)}`;
  const parent = siblings.find((node) => node.span.spanId === span.parentId);
  const stack =
    count > 1
      ? [element('rect', { class: 'node', x: x + 8, y: y + 8, width: width - 8, height: NODE_PX, rx: 12 })]
      : [];
  return element(
    'g',
    { class: `birth ${classOf(span.service)}`, style: `--at: ${at.toFixed(1)}s` },
    parent ? '' : parentArrow(span, x, y, rows, boxes),
    ...stack,
    element('rect', { class: 'node', x, y, width: width - (count > 1 ? 8 : 0), height: NODE_PX, rx: 12 }),
    words(x + 14, y + NODE_PX / 2 + 13, fitted(text, TEXT_SIZE, (width - 36) * 1.3), 'journey-text'),
  );
}

/** From a span to its parent in another box. */
function parentArrow(span: Span, x: number, y: number, rows: readonly Row[], boxes: readonly Box[]): string {
  const parent = rows.find(({ span: other }) => other.spanId === span.parentId)?.span;
  const box = boxes.find(({ name }) => name === parent?.service);
  const node = box && nodesOf(rows, box).find((each) => each.span.spanId === parent!.spanId);
  if (!node) return '';
  const from = y + NODE_PX / 2;
  const to = node.y + NODE_PX / 2;
  const end = node.x + node.width + 6;
  const bend = x - PADDING_PX - 60;
  return (
    element('path', { class: 'parent-arrow', d: `M${x} ${from}H${bend}V${to}H${end + 20}` }) +
    element('path', { class: 'parent-head', d: `M${end} ${to}l28 -15v30z` })
  );
}

/** What is missing in a box, below the spans that are there. */
function missingIn(box: Box, { missing, bare, logs }: Scene, rows: readonly Row[], at: number): string {
  const text = missing.get(box.name);
  if (text === undefined) return '';
  const used = bare || logs ? 0 : nodesOf(rows, box).length;
  const y = FIRST_ROW_Y + used * ROW_PX;
  const lines = text.split('/');
  const height = NODE_PX + (lines.length - 1) * CARD_ROW_PX;
  return element(
    'g',
    { class: 'birth', style: `--at: ${at.toFixed(1)}s` },
    element('rect', {
      class: 'hole',
      x: box.x + PADDING_PX,
      y,
      width: box.width - 2 * PADDING_PX,
      height,
      rx: 12,
    }),
    ...lines.map((line, index) =>
      words(box.x + box.width / 2, y + 44 + index * CARD_ROW_PX, line, 'lacks', 'middle'),
    ),
  );
}

interface Place {
  log: LogRecord;
  x: number;
  y: number;
  width: number;
}

/** The log lines of all boxes in chronological order; with ids, a thread follows them from box to box. */
function logLines(
  { logs }: Recording,
  boxes: readonly Box[],
  classOf: (service: string) => string,
  withIds: boolean,
  at: number,
): string[] {
  const places = logs.map((log, index): Place => {
    const box = boxes.find(({ name }) => name === log.service)!;
    const width = box.width - 2 * PADDING_PX;
    return { log, x: box.x + PADDING_PX, y: FIRST_ROW_Y + index * ROW_PX, width };
  });
  const threads = places.slice(1).map((place, index) => {
    const [left, right] = [places[index]!, place].toSorted((a, b) => a.x - b.x) as [Place, Place];
    const [fromY, toY] = [left.y + NODE_PX / 2, right.y + NODE_PX / 2];
    const edge = left.x + left.width;
    const d =
      left.x === right.x
        ? `M${right.x} ${fromY}h-30V${toY}h30`
        : `M${edge} ${fromY}C${edge + 150} ${fromY} ${right.x - 150} ${toY} ${right.x} ${toY}`;
    return element('path', {
      class: 'thread birth',
      d,
      style: `--at: ${(at + (index + 1) * BIRTH_S).toFixed(1)}s`,
    });
  });
  return [
    ...(withIds ? threads : []),
    ...places.map(({ log, x, y, width }, index) =>
      element(
        'g',
        { class: `birth ${classOf(log.service)}`, style: `--at: ${(at + index * BIRTH_S).toFixed(1)}s` },
        element('rect', { class: 'log-line', x, y, width, height: NODE_PX, rx: 8 }),
        words(x + 16, y + NODE_PX / 2 + 13, log.body, 'journey-text'),
        withIds
          ? words(x + width - 14, y + NODE_PX / 2 + 13, log.traceId.slice(0, 4), 'header-value ink-1', 'end')
          : '',
      ),
    ),
  ];
}

/** How long the caller waits. */
function waitOf(durationUs: number, below: number): string {
  const [number = '', unit = ''] = formatDuration(durationUs).split(' ');
  return (
    element(
      'text',
      { x: -14, y: below + 284, class: 'huge' },
      `${number}<tspan class="unit"> ${unit}</tspan>`,
    ) + words(6, below + 354, 'until the response arrives', 'huge-says')
  );
}

/** The part of a span's name that matters in a small box. */
function shortName(name: string): string {
  return name
    .replace(/^request handler - /, '')
    .replace(/^grpc\..*\//, '')
    .replace(/^(publish|process) .*/, '$1');
}

function short(id: string): string {
  return `${id.slice(0, 4)}…${id.slice(-4)}`;
}
