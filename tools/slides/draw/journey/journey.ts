/**
 * The journey of one request: the same boxes in the same places on every slide, what travels between them, and what
 * each of them records. The spans, ids, and log lines come from a recording; the URL of the picture says which of them a
 * slide shows, and what is missing.
 */
import { formatDuration } from '../../../../workshop/trace/duration.ts';
import { waterfallOf } from '../../../../workshop/trace/waterfall.ts';
import type { Recording } from '../../../traces/recordings.ts';
import { appears } from '../appears.ts';
import { arrow } from '../arrow.ts';
import { serviceClasses } from '../services.ts';
import { contentWidth, element, picture, rect, words } from '../svg.ts';
import { BOX_TOP, boxesOf, boxHeightOf, drawBox, PADDING_PX, type Stage } from './boxes.ts';
import { drawLogs } from './logs.ts';
import { drawRequest, drawResponse } from './packets.ts';
import type { Scene } from './scene.ts';
import { drawMissing, drawNode, nodesOf } from './spans.ts';

/** Seconds that a packet travels, and between two spans. */
const TRAVEL_S = 0.9;
const BIRTH_S = 0.3;

const STORE_PX = 96;
const STORE_GAP_PX = 64;
const WAIT_PX = 364;

/**
 * Draws the journey of a recorded request.
 * @throws UserError if the scene needs a call or a system that the recording doesn't have
 */
export function drawJourney(recording: Recording, alt: string, scene: Scene): string {
  const { services, rows, durationUs } = waterfallOf(recording);
  const boxes = boxesOf(services);
  const stage: Stage = {
    recording,
    rows,
    boxes,
    classOf: serviceClasses(boxes.map(({ name }) => name)),
    scene,
  };

  // The request arrives at a box, then the spans in the box begin, and so on to the last box.
  let at = 0.3;
  const drawn = boxes.flatMap((box) => {
    const request = drawRequest(box, stage, at);
    if (request !== '') at += TRAVEL_S;
    const nodes = scene.bare || scene.logs ? [] : nodesOf(rows, box);
    return [request, ...nodes.map((node) => drawNode(node, stage, (at += BIRTH_S)))];
  });
  if (scene.logs) drawn.push(drawLogs(stage, at));
  for (const service of scene.from.keys()) drawn.push(drawResponse(service, stage, (at += BIRTH_S)));
  drawn.push(...boxes.map((box) => drawMissing(box, stage, at + TRAVEL_S)));

  const below = BOX_TOP + boxHeightOf(scene);
  const storesPx = scene.stores.length * (STORE_PX + STORE_GAP_PX);
  return picture(
    { height: below + storesPx + (scene.seconds ? WAIT_PX : 4), alt },
    ...boxes.map((box) => drawBox(box, stage)),
    ...drawn,
    ...scene.stores.map((_, index) => drawStore(index, below, stage, at + TRAVEL_S)),
    scene.seconds ? drawWait(durationUs, below) : '',
  );
}

/** What the spans reach after the boxes, over the whole width: an arrow from each box, or from the store before. */
function drawStore(index: number, below: number, { boxes, scene }: Stage, at: number): string {
  const y = below + index * (STORE_PX + STORE_GAP_PX);
  const top = y + STORE_GAP_PX;
  const [name = '', does = ''] = scene.stores[index]!.split(': ');
  const senders = boxes.filter((box) => box.name !== 'caller').map(({ x, width }) => x + width / 2);
  return appears(
    'birth',
    at,
    ...(index === 0 ? senders : [contentWidth / 2]).map((x) => arrow([x, y + 8], [x, top - 8])),
    rect(0, top, contentWidth, STORE_PX, 'card', 20),
    words(PADDING_PX + 10, top + STORE_PX / 2 + 15, name, 'box-name'),
    words(contentWidth - PADDING_PX - 10, top + STORE_PX / 2 + 13, does, 'journey-text', 'end'),
  );
}

/** How long the caller waits. */
function drawWait(durationUs: number, below: number): string {
  const [number = '', unit = ''] = formatDuration(durationUs).split(' ');
  const digits = `${number}<tspan class="unit"> ${unit}</tspan>`;
  return (
    element('text', { x: -14, y: below + 284, class: 'huge' }, digits) +
    words(6, below + 354, 'until the response arrives', 'huge-says')
  );
}
