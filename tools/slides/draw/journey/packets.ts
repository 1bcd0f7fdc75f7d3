/** What travels between the boxes: requests, messages, and responses, each with the headers that it carries. */
import { UserError } from '../../../../workshop/errors.ts';
import type { Recording } from '../../../traces/recordings.ts';
import { arrow } from '../arrow.ts';
import { entryOf } from '../header.ts';
import { rect, shortId, words } from '../svg.ts';
import { appears } from '../appears.ts';
import { type Box, consumers, GAP_PX, type Stage, WAY_Y } from './boxes.ts';

const CARD_PX = 224;
const CARD_ROW_PX = 46;
const MARGIN_PX = 16;
/** How far a response is below its request. */
const RESPONSE_PX = 120;

/** Draws the request or message to a box: an arrow, and on it a card with the headers. */
export function drawRequest(box: Box, { boxes, recording, scene }: Stage, at: number): string {
  const headers = scene.to.get(box.name);
  if (!headers) return '';
  const x = boxBefore(box.name, boxes).gapX;
  return (
    arrow(
      [x + MARGIN_PX, WAY_Y],
      [box.x - MARGIN_PX, WAY_Y],
      consumers.has(box.name) ? 'arrow message' : 'arrow',
    ) + appears('packet', at, ...card(x, WAY_Y - 22, 'above', rowsOf(headers, box.name, recording)))
  );
}

/** Draws the response of a service to the box before. */
export function drawResponse(service: string, { boxes, recording, scene }: Stage, at: number): string {
  const { gapX, box } = boxBefore(service, boxes);
  const y = WAY_Y + RESPONSE_PX;
  const rows = rowsOf(scene.from.get(service)!, service, recording);
  return (
    arrow([box.x - MARGIN_PX, y], [gapX + MARGIN_PX, y]) +
    appears('packet back', at, ...card(gapX, y + 24, 'below', rows))
  );
}

/** A service's box, and where the gap before it begins. */
function boxBefore(service: string, boxes: readonly Box[]): { box: Box; gapX: number } {
  const index = boxes.findIndex(({ name }) => name === service);
  const [before, box] = [boxes[index - 1], boxes[index]];
  if (!before || !box) throw new UserError(`No service calls ${service} in this system.`);
  return { box, gapX: before.x + before.width };
}

/** A row of a card: the name of a header, or a part of its value. */
interface CardRow {
  text: string;
  className: string;
}

function card(gapX: number, edgeY: number, side: 'above' | 'below', rows: readonly CardRow[]): string[] {
  const height = rows.length * CARD_ROW_PX + 22;
  const x = gapX + (GAP_PX - CARD_PX) / 2;
  const y = side === 'above' ? edgeY - height : edgeY;
  const isMissing = rows.every(({ className }) => className === 'lacks');
  return [
    rect(x, y, CARD_PX, height, isMissing ? 'hole' : 'envelope', 14),
    ...rows.map(({ text, className }, index) =>
      words(x + CARD_PX / 2, y + 48 + index * CARD_ROW_PX, text, className, 'middle'),
    ),
  ];
}

/** What a card says about headers: their names, and their values from the recording. */
function rowsOf(headers: readonly string[], service: string, recording: Recording): CardRow[] {
  return headers.flatMap((header) => {
    if (header.startsWith('no ')) return [{ text: header.slice(3), className: 'lacks' }];
    if (!(header in valuesOf)) return [{ text: header, className: 'note' }];
    const values = valuesOf[header as keyof typeof valuesOf](contextOf(service, recording));
    return [{ text: header, className: 'header-name' }, ...values];
  });
}

/** What travels to a service. */
interface Context {
  traceId: string;
  parentId: string;
  traceState: string;
}

/**
 * The context that a service receives: from its own first span or, if it records none, from the span that sends the
 * message.
 */
function contextOf(service: string, recording: Recording): Context {
  const { spans, traceId } = recording;
  const entry = entryOf(service, recording);
  if (entry?.parentId) return { ...entry, parentId: entry.parentId };
  const sender = spans.find(
    ({ kind, spanId }) => kind === 'producer' && !spans.some(({ parentId }) => parentId === spanId),
  );
  if (!sender) throw new UserError(`The recorded trace ${traceId} has no call into ${service}.`);
  return { ...sender, parentId: sender.spanId };
}

const valuesOf = {
  traceparent: ({ traceId, parentId }: Context): CardRow[] => [
    { text: shortId(traceId), className: 'header-value ink-1' },
    { text: shortId(parentId), className: 'header-value ink-2' },
  ],
  tracestate: ({ traceState }: Context): CardRow[] =>
    traceState.split(',').map((entry) => ({
      text: entry.split('=')[0]!,
      className: entry.startsWith('workshop=') ? 'header-value ink-1' : 'header-value',
    })),
};
