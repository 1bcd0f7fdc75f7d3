/** The rows on the page: which are folded, open, or have the focus. */
import { batch, computed, signal } from '@preact/signals';
import { allExpanded, isFolded, shownRows, toggleFold, unfoldTo } from '../../trace/folding.ts';
import { filterMatches, showAll } from './filters.ts';
import { parents, rowIndexes, rows, waterfall } from './state.ts';

export const folding = signal(allExpanded);
export const openSpans = signal<ReadonlySet<string>>(new Set());
/** The id of the span whose row has the focus. */
export const focused = signal<string | undefined>(undefined);

/** Indexes of the rows on the page, from top to bottom. */
export const shown = computed(() => shownRows(rows.value, folding.value, filterMatches.value));
/** The place of each row among those on the page, by span id. */
export const placeOf = computed(
  () => new Map(shown.value.map((index, place) => [rows.value[index]!.span.spanId, place])),
);

/** The row that has or gets the focus: the focused span's, else its nearest visible ancestor's, else the first. */
export const focusRow = computed(() => {
  let index = rowIndexes.value.get(focused.value ?? '') ?? -1;
  while (index >= 0 && !placeOf.value.has(rows.value[index]!.span.spanId)) index = parents.value[index]!;
  return rows.value[index >= 0 ? index : (shown.value[0] ?? -1)]?.span.spanId;
});

/** Collapses or expands a span that has children. */
export function setFolded(spanId: string, fold: boolean): void {
  const row = rows.value[rowIndexes.value.get(spanId) ?? -1];
  if (row && row.childCount > 0 && isFolded(row, folding.value) !== fold) {
    folding.value = toggleFold(folding.value, spanId);
  }
}

/** Expands this many levels and collapses the rest. */
export function foldTo(depth: number): void {
  folding.value = {
    depth: depth >= waterfall.value.depth ? Infinity : Math.max(1, depth),
    toggled: new Set(),
  };
}

/** How many levels are expanded. */
export function openLevels(): number {
  return Math.min(folding.value.depth, Math.max(1, waterfall.value.depth));
}

/** Shows or hides the details of a span. */
export function setOpen(spanId: string, open: boolean): void {
  const ids = new Set(openSpans.value);
  if (open) ids.add(spanId);
  else ids.delete(spanId);
  openSpans.value = ids;
}

/** Makes sure that a span is on the page: unfolds its ancestors and, if it is hidden, clears the filters. */
export function reveal(spanId: string): void {
  const index = rowIndexes.value.get(spanId);
  if (index === undefined) return;
  batch(() => {
    if (filterMatches.value && !filterMatches.value[index]) showAll();
    folding.value = unfoldTo(rows.value, index, folding.value);
  });
}
