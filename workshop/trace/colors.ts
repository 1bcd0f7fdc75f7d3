/**
 * The colors of services. A service's color depends on its name, not on the order in which services appear, so
 * that it is the same in the terminal, on every page, and on the slides.
 */

/** One hue for three surfaces: a light background, a dark background, and a terminal with 256 colors. */
export interface ServiceColor {
  /** Hex, contrast at least 3:1 on white and near-white (WCAG 2.2, 1.4.11 "Non-text Contrast"). */
  light: string;
  /** Hex, contrast at least 4.5:1 on #1e1e1e and darker. */
  dark: string;
  /** Readable on black and on white, because a program can't know its terminal's background. */
  ansi256: number;
}

/**
 * Eight colors that remain distinguishable to people without red, green, or blue cones (simulated after Machado,
 * Oliveira, and Fernandes 2009; the tests check the distances). They differ in lightness as well as in hue, and none of
 * them is the red that marks an error.
 */
export const serviceColors: readonly ServiceColor[] = [
  { light: '#cc71aa', dark: '#fe8fb2', ansi256: 169 }, // pink
  { light: '#b03500', dark: '#ea5f01', ansi256: 202 }, // orange
  { light: '#107064', dark: '#65ffc3', ansi256: 35 }, // green
  { light: '#6f0349', dark: '#aa7693', ansi256: 126 }, // plum
  { light: '#8a9700', dark: '#ffe715', ansi256: 94 }, // olive, yellow
  { light: '#7b44c4', dark: '#8173f7', ansi256: 141 }, // violet
  { light: '#00348c', dark: '#bbcbff', ansi256: 61 }, // navy, periwinkle
  { light: '#0791fb', dark: '#00b1fb', ansi256: 27 }, // blue
];

/** The index in `serviceColors` of a service's preferred color, computed from its name alone. */
export function colorIndex(service: string): number {
  return hash(service) % serviceColors.length;
}

/** How a service is drawn. Up to 32 services all look different. */
export interface ServiceLook {
  /** Index in `serviceColors`. */
  color: number;
  /** 0 for the plain color; from 1, a pattern on it that distinguishes services of the same color. */
  mark: number;
}

/** How many marks a page can draw, including the plain color. */
const MARKS = 4;

/**
 * How each of these services is drawn: the first eight in plain colors, eight more in the same colors with a mark,
 * and so on. After the last mark, the looks repeat.
 *
 * A service gets its preferred color. If a service earlier in alphabetical order has that color, it gets the next
 * color that no service prefers, or, if all are taken, a color with the next mark. So the result doesn't depend on
 * the order of the services or on duplicates, and a new service can only change the look of services that it clashes
 * with.
 */
export function serviceLooks(services: Iterable<string>): Map<string, ServiceLook> {
  const looks = new Map<string, ServiceLook>();
  let left = [...new Set(services)].toSorted();
  for (let round = 0; left.length > 0; round++) {
    for (const [color, name] of ownersOf(left)) looks.set(name, { color, mark: round % MARKS });
    left = left.filter((name) => !looks.has(name));
  }
  return looks;
}

/**
 * How services look that are shown together: each in the color that it has among all known services, so that it keeps it
 * everywhere, and with a mark only if another one of them has the same color.
 */
export function looksTogether(together: Iterable<string>, known: Iterable<string>): Map<string, ServiceLook> {
  const shown = new Set(together);
  const counts = new Map<number, number>();
  const looks = [...serviceLooks([...known, ...shown])].filter(([name]) => shown.has(name));
  return new Map(
    looks.map(([name, { color }]) => {
      const before = counts.get(color) ?? 0;
      counts.set(color, before + 1);
      return [name, { color, mark: before % MARKS }];
    }),
  );
}

/** The name that gets each color. Names for which no color is left are missing. */
function ownersOf(names: readonly string[]): Map<number, string> {
  const owners = new Map<number, string>();
  for (const name of names) {
    const color = colorIndex(name);
    if (!owners.has(color)) owners.set(color, name);
  }
  for (const name of names) {
    if (owners.size === serviceColors.length) break;
    let color = colorIndex(name);
    if (owners.get(color) === name) continue;
    while (owners.has(color)) color = (color + 1) % serviceColors.length;
    owners.set(color, name);
  }
  return owners;
}

/** FNV-1a over UTF-16 code units, with an initial value for which the workshop's own services don't clash. */
function hash(text: string): number {
  let value = 163;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return (value ^ (value >>> 15)) >>> 0;
}
