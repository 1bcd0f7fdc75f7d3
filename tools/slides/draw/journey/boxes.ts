/** The boxes of the services, which are in the same places on every slide. px of a slide of 1920 × 1080. */
import { UserError } from '../../../../workshop/errors.ts';
import type { Row } from '../../../../workshop/trace/waterfall.ts';
import type { Recording } from '../../../traces/recordings.ts';
import { contentWidth, element, rect, words } from '../svg.ts';
import type { Scene } from './scene.ts';

/** The systems of the talk: their boxes, in the order of the call. */
const systems = [
  ['caller', 'bands-api', 'reviews-api'],
  ['gateway', 'checkout', 'stock'],
];

/** The names of all boxes. */
export const boxNames: ReadonlySet<string> = new Set(systems.flat());

/** The services that receive messages, for which no other service waits. */
export const consumers: ReadonlySet<string> = new Set(['stock']);

/** The box of a service. */
export interface Box {
  name: string;
  x: number;
  width: number;
}

/** What all parts of a picture need. */
export interface Stage {
  recording: Recording;
  rows: readonly Row[];
  boxes: readonly Box[];
  classOf: (service: string) => string;
  scene: Scene;
}

/** The distance between two boxes. */
export const GAP_PX = 250;
const CALLER_PX = 220;
/** A request enters a box at this height. */
export const WAY_Y = 228;
/** Where boxes and their first rows begin. */
export const BOX_TOP = WAY_Y - 48;
export const FIRST_ROW_Y = BOX_TOP + 96;
/** A row of a box, and what is drawn in it. */
export const ROW_PX = 76;
export const NODE_PX = 62;
export const PADDING_PX = 22;

const BOX_PX = 404;
/** The height of a box without anything in it, and of one with only what is missing. */
const EMPTY_BOX_PX = 150;
const HOLE_BOX_PX = 240;

/**
 * The boxes of the system that a recording is from. The caller is small.
 * @throws UserError if the recording is from another system
 */
export function boxesOf(services: readonly string[]): Box[] {
  const names = systems.find((system) => services.every((service) => system.includes(service)));
  if (!names) throw new UserError(`There is no journey through ${services.join(', ')}.`);
  const hasCaller = names.includes('caller');
  const left = contentWidth - (names.length - 1) * GAP_PX - (hasCaller ? CALLER_PX : 0);
  const widthPx = left / (names.length - (hasCaller ? 1 : 0));
  let x = 0;
  return names.map((name) => {
    const box = { name, x, width: name === 'caller' ? CALLER_PX : widthPx };
    x += box.width + GAP_PX;
    return box;
  });
}

/** A box is as high as what it has to show. */
export function boxHeightOf({ seconds, bare, stores, logs }: Scene): number {
  if (seconds || (bare && stores.length > 0)) return EMPTY_BOX_PX;
  if (bare && !logs) return HOLE_BOX_PX;
  return stores.length > 0 ? BOX_PX - ROW_PX : BOX_PX;
}

/** Draws a box. */
export function drawBox({ name, x, width }: Box, { classOf, scene }: Stage): string {
  const height = boxHeightOf(scene);
  return element(
    'g',
    { class: classOf(name) },
    rect(x, BOX_TOP, width, height, 'card', 20),
    rect(x, BOX_TOP, width, 12, 'box-edge', 6),
    words(x + PADDING_PX, BOX_TOP + 64, name, 'box-name'),
  );
}
