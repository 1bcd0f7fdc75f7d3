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

/**
 * The index of every one of these services, where no two share a colour as long as there are no more than eight.
 *
 * A service gets the colour of its name; when an earlier one in the order of names has it already, the next colour
 * that nobody's name asks for. So the answer does not depend on the order or on how often a service is given, and a
 * service that joins can only move others that clash. From the ninth service on colours repeat.
 */
export function colourIndexes(services: Iterable<string>): Map<string, number> {
  const names = [...new Set(services)].toSorted();
  const owners = new Map<number, string>();
  for (const name of names) {
    const index = colourIndex(name);
    if (!owners.has(index)) owners.set(index, name);
  }
  const indexes = new Map<string, number>();
  for (const name of names) {
    let index = colourIndex(name);
    if (owners.size < serviceColours.length) {
      while (owners.has(index) && owners.get(index) !== name) index = (index + 1) % serviceColours.length;
      owners.set(index, name);
    }
    indexes.set(name, index);
  }
  return indexes;
}

/** FNV-1a over UTF-16 units. It starts at a number with which the workshop's own services do not clash. */
function hash(text: string): number {
  let value = 163;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return (value ^ (value >>> 15)) >>> 0;
}
