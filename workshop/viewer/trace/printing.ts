/** Printing: what paper asks for, of which nobody tells a page how wide it is. */
import { signal } from '@preact/signals';

/** Whether the page is being printed. Paper shows all rows at once. */
export const isPrinting = signal(false);

/** Follows the printing of the page. Gives a function that stops it. */
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
 * The columns on the narrowest paper on which names stand beside their bars, in rem, as the styles make them of 52 rem:
 * what has room there has room on all wider paper, and on narrower paper the bars have its whole width.
 */
const MIN_WIDTHS_REM = { names: 20.8, lane: 25.6 };

/** The width of a column on paper. It is in px of the screen, in which texts are measured: both shrink alike. */
export function printWidth(column: keyof typeof MIN_WIDTHS_REM): number {
  return MIN_WIDTHS_REM[column] * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}
