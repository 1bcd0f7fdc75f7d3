import { maxExtraDigits, shownUs } from './duration.ts';

/**
 * How many more digits than usual each duration needs (see `formatWithDigits`), so that the texts keep the order of the
 * durations: if a child's duration differs from its parent's, so do the texts, and the longer one reads longer. Both
 * get the same number of digits, because readers compare them, and none if the usual digits are enough.
 *
 * Takes durations in µs and the index of each one's parent, −1 for a root. Parents come before their children.
 */
export function extraDigitsOf(durationsUs: readonly number[], parents: readonly number[]): number[] {
  const digits = durationsUs.map(() => 0);
  let isSettled = false;

  const settle = (child: number) => {
    const parent = parents[child]!;
    if (parent < 0) return;
    while (!keepsOrder(durationsUs[child]!, digits[child]!, durationsUs[parent]!, digits[parent]!)) {
      const isEven = digits[child] === digits[parent];
      const more = Math.max(digits[child]!, digits[parent]!) + (isEven ? 1 : 0);
      if (more > maxExtraDigits) return;
      digits[child] = digits[parent] = more;
      isSettled = false;
    }
  };
  // More digits for one edge can make a neighboring edge uneven. The number of digits only grows, so the loop terminates.
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
