import { computed, signal } from '@preact/signals';
import { textMeter } from '../frame/measure.ts';
import { isPrinting, printWidth } from './printing.ts';
import { rowHeight } from './scrolling.ts';
import { rows } from './state.ts';

/** Width of the name column, in px. */
export const nameWidth = signal(500);
const MIN_NAMES_PX = 160;

/** Sets the width of the name column, in px; at least a third of the window is left for the bars. */
export function resizeNames(px: number): void {
  const width = Math.min(Math.max(MIN_NAMES_PX, px), innerWidth * 0.66);
  document.documentElement.style.setProperty('--names', `${Math.round(width)}px`);
}

let meter: { rowHeight: number; widthOf: (text: string) => number } | undefined;

/** Measures text in the font of the lanes, in px. The font changes only if the row height does. */
export function laneMeter(): (text: string) => number {
  const probe = document.querySelector('.probe .lane');
  if (!probe) return (text) => text.length * 8;
  if (meter?.rowHeight !== rowHeight.value) meter = { rowHeight: rowHeight.value, widthOf: textMeter(probe) };
  return meter.widthOf;
}

/** More rows than this are drawn dense, with one line each. */
const MAX_ROOMY_ROWS = 60;
/** Whether rows are dense. Changes only while the reader looks at no row, because it changes the height of all rows. */
export const isDense = signal(false);

/** Adapts the density to the number of rows. */
export function fitDensity(): void {
  isDense.value = rows.value.length > MAX_ROOMY_ROWS;
}

/** The indentation of each level on the screen, in px. */
export const indentWidth = signal(16);

/** Levels deeper than this aren't indented any further, so that names keep most of their column. */
export const maxIndent = computed(() => {
  const namesPx = isPrinting.value ? printWidth('names') : nameWidth.value;
  return Math.max(3, Math.floor((namesPx * 0.35) / indentWidth.value));
});
