/** Printing. A page can't find out how wide the paper is. */
import { signal } from '@preact/signals';

/** Whether the page is being printed. Paper shows all rows at once. */
export const isPrinting = signal(false);

/** Keeps `isPrinting` up to date. Returns a function that stops it. */
export function followPrinting(): () => void {
  const begin = () => (isPrinting.value = true);
  const end = () => (isPrinting.value = false);
  addEventListener('beforeprint', begin);
  addEventListener('afterprint', end);
  return () => {
    removeEventListener('beforeprint', begin);
    removeEventListener('afterprint', end);
  };
}

/**
 * The column widths in rem on paper of 52 rem, the narrowest on which names are next to their bars (see the styles).
 * What fits there fits on all wider paper; on narrower paper, the bars have the whole width.
 */
const MIN_WIDTHS_REM = { names: 20.8, lane: 25.6 };

/** The width of a column on paper, in px of the screen, like measured texts: both shrink by the same factor. */
export function printWidth(column: keyof typeof MIN_WIDTHS_REM): number {
  return MIN_WIDTHS_REM[column] * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}
