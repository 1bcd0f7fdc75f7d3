/**
 * The colours of services. A colour belongs to the name of a service, not to the order in which services appear, so
 * that it is the same in the terminal, on every page and on the slides.
 */

/** One hue three times: for a light background, for a dark one, and among the 256 colours of a terminal. */
export interface ServiceColour {
  /** Hex, contrast at least 3:1 on white and near-white (WCAG 2.2, 1.4.11 "Non-text Contrast"). */
  light: string;
  /** Hex, contrast at least 4.5:1 on #1e1e1e and darker. */
  dark: string;
  /** Readable on black and on white, because a program cannot know what its terminal shows. */
  ansi256: number;
}

/**
 * Eight colours that stay apart for eyes that lack red, green or blue cones (simulated after Machado, Oliveira and
 * Fernandes 2009; the tests hold the distances). They differ in lightness as well as in hue, and none is the red that
 * marks an error.
 */
export const serviceColours: readonly ServiceColour[] = [
  { light: '#cc71aa', dark: '#fe8fb2', ansi256: 169 }, // pink
  { light: '#b03500', dark: '#ea5f01', ansi256: 202 }, // orange
  { light: '#107064', dark: '#65ffc3', ansi256: 35 }, // green
  { light: '#6f0349', dark: '#aa7693', ansi256: 126 }, // plum
  { light: '#8a9700', dark: '#ffe715', ansi256: 94 }, // olive, yellow
  { light: '#7b44c4', dark: '#8173f7', ansi256: 141 }, // violet
  { light: '#00348c', dark: '#bbcbff', ansi256: 61 }, // navy, periwinkle
  { light: '#0791fb', dark: '#00b1fb', ansi256: 27 }, // blue
];

/** The index in `serviceColours` of a service's colour, from its name alone. */
export function colourIndex(service: string): number {
  return hash(service) % serviceColours.length;
}

/** How a service is drawn. No two of 32 services look the same. */
export interface ServiceLook {
  /** Index in `serviceColours`. */
  colour: number;
  /** 0 for the colour alone; from 1 on a mark in it, which tells apart services of one colour. */
  mark: number;
}

/** Marks that a page can draw, the plain colour among them. */
const MARKS = 4;

/**
 * How each of these services is drawn: the first eight in plain colours, eight more in the same colours with a mark,
 * and so on; after the last mark they repeat.
 *
 * A service gets the colour of its name; when an earlier one in the order of names has it already, the next colour
 * that nobody's name asks for, and when there is none the same with the next mark. So the answer does not depend on the
 * order or on how often a service is given, and a service that joins can only move others that clash.
 */
export function serviceLooks(services: Iterable<string>): Map<string, ServiceLook> {
  const looks = new Map<string, ServiceLook>();
  let left = [...new Set(services)].toSorted();
  for (let round = 0; left.length > 0; round++) {
    for (const [colour, name] of ownersOf(left)) looks.set(name, { colour, mark: round % MARKS });
    left = left.filter((name) => !looks.has(name));
  }
  return looks;
}

/** For each colour the one of these names, in their order, that has it; without those for which none is left. */
function ownersOf(names: readonly string[]): Map<number, string> {
  const owners = new Map<number, string>();
  for (const name of names) {
    const colour = colourIndex(name);
    if (!owners.has(colour)) owners.set(colour, name);
  }
  for (const name of names) {
    if (owners.size === serviceColours.length) break;
    let colour = colourIndex(name);
    if (owners.get(colour) === name) continue;
    while (owners.has(colour)) colour = (colour + 1) % serviceColours.length;
    owners.set(colour, name);
  }
  return owners;
}

/** FNV-1a over UTF-16 units. It starts at a number with which the workshop's own services do not clash. */
function hash(text: string): number {
  let value = 163;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return (value ^ (value >>> 15)) >>> 0;
}
