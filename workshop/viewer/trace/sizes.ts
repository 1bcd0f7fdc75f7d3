import { computed, signal } from '@preact/signals';
import { textMeter } from '../frame/measure.ts';
import { isPrinting, printWidth } from './printing.ts';
import { rowHeight } from './scrolling.ts';
import { rows } from './state.ts';

/** Width of the column with the names, in px. */
export const nameWidth = signal(500);
const MIN_NAMES_PX = 160;

/** Sets the width of the column with the names, in px; it leaves at least a third of the window to the bars. */
export function resizeNames(px: number): void {
  const width = Math.min(Math.max(MIN_NAMES_PX, px), innerWidth * 0.66);
  document.documentElement.style.setProperty('--names', `${Math.round(width)}px`);
}

let meter: { rowHeight: number; widthOf: (text: string) => number } | undefined;

/** Measures text in the font of the lanes, in px; that changes only when the rows get another height. */
export function laneMeter(): (text: string) => number {
  const probe = document.querySelector('.probe .lane');
  if (!probe) return (text) => text.length * 8;
  if (meter?.rowHeight !== rowHeight.value) meter = { rowHeight: rowHeight.value, widthOf: textMeter(probe) };
  return meter.widthOf;
}

/** More rows than this stand closer together, in one line each. */
const MAX_ROOMY_ROWS = 60;
/** Whether they do. That changes the height of all rows, and so only while the reader looks at none of them. */
export const isDense = signal(false);

/** Lets the rows stand as close together as it takes for so many of them. */
export function fitDensity(): void {
  isDense.value = rows.value.length > MAX_ROOMY_ROWS;
}

/** How far each level is indented on the screen, in px. */
export const indentWidth = signal(16);

/** Levels deeper than this are not indented any further, so that names keep most of their column. */
export const maxIndent = computed(() => {
  const namesPx = isPrinting.value ? printWidth('names') : nameWidth.value;
  return Math.max(3, Math.floor((namesPx * 0.35) / indentWidth.value));
});
