import { mostDigits, shownUs } from './duration.ts';

/**
 * How many digits more than usual each duration needs (see `formatWithDigits`), so that what reads longer is longer:
 * a child and its parent read differently when they differ, and with their sizes the right way round. The two ends of
 * such an edge get the same digits, for a reader compares them; where they differ plainly they get none.
 *
 * Takes µs, and for each duration the index of its parent, −1 for none; a parent stands in front of its children.
 */
export function digitsOf(durationsUs: readonly number[], parents: readonly number[]): number[] {
  const digits = durationsUs.map(() => 0);
  let isSettled = false;

  const settle = (child: number) => {
    const parent = parents[child]!;
    if (parent < 0) return;
    while (!keepsOrder(durationsUs[child]!, digits[child]!, durationsUs[parent]!, digits[parent]!)) {
      const isEven = digits[child] === digits[parent];
      const more = Math.max(digits[child]!, digits[parent]!) + (isEven ? 1 : 0);
      if (more > mostDigits) return;
      digits[child] = digits[parent] = more;
      isSettled = false;
    }
  };
  // More digits for one edge can be too many for the next one, upwards or downwards; there are never fewer again.
  while (!isSettled) {
    isSettled = true;
    for (let child = parents.length - 1; child >= 0; child--) settle(child);
    for (let child = 0; child < parents.length; child++) settle(child);
  }
  return digits;
}

function keepsOrder(us: number, digits: number, parentUs: number, parentDigits: number): boolean {
  const shown = shownUs(us, digits) - shownUs(parentUs, parentDigits);
  return Number.isNaN(shown) || Math.sign(shown) === Math.sign(us - parentUs);
}
