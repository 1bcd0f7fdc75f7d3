import type { Row } from './waterfall.ts';

/** Which rows of a waterfall are shown: `depth` levels, except below rows that the reader folded or unfolded. */
export interface Folding {
  /** How many levels are shown; Infinity for all. */
  depth: number;
  /** Ids of spans whose state is the opposite of what their level says. */
  toggled: ReadonlySet<string>;
}

export const allExpanded: Folding = { depth: Infinity, toggled: new Set() };

/** Whether the spans below this one are hidden. A span without children is never folded. */
export function isFolded(row: Row, folding: Folding): boolean {
  if (row.childCount === 0) return false;
  return row.depth + 1 >= folding.depth !== folding.toggled.has(row.span.spanId);
}

/** The folding after folding or unfolding one span. */
export function toggleFold(folding: Folding, spanId: string): Folding {
  const ids = new Set(folding.toggled);
  if (!ids.delete(spanId)) ids.add(spanId);
  return { depth: folding.depth, toggled: ids };
}

/** The folding in which this row is visible: all its ancestors are unfolded. Takes all rows, in display order. */
export function unfoldTo(rows: readonly Row[], index: number, folding: Folding): Folding {
  let opened = folding;
  for (const above of ancestorRows(rows, index)) {
    if (isFolded(rows[above]!, opened)) opened = toggleFold(opened, rows[above]!.span.spanId);
  }
  return opened;
}

/** Indexes of a row's ancestors, the nearest first. */
export function ancestorRows(rows: readonly Row[], index: number): number[] {
  const ancestors: number[] = [];
  let depth = rows[index]!.depth;
  for (let above = index - 1; above >= 0 && depth > 0; above--) {
    if (rows[above]!.depth >= depth) continue;
    ancestors.push(above);
    depth = rows[above]!.depth;
  }
  return ancestors;
}

/** Whether a row matches a filter itself or only has a descendant that does; undefined for neither. */
export type FilterMatch = 'match' | 'path' | undefined;

/** Says for each row whether it matches a filter or is on the path to a row that does. */
export function filterRows(rows: readonly Row[], isMatch: (row: Row) => boolean): FilterMatch[] {
  const matches: FilterMatch[] = Array.from({ length: rows.length });
  const path: number[] = [];
  for (const [index, row] of rows.entries()) {
    path.length = row.depth;
    if (isMatch(row)) {
      matches[index] = 'match';
      for (const above of path) matches[above] ??= 'path';
    }
    path.push(index);
  }
  return matches;
}

/** Indexes of the rows to show, from top to bottom: those that match, except below folded rows. */
export function shownRows(
  rows: readonly Row[],
  folding: Folding,
  matches?: readonly FilterMatch[],
): number[] {
  const shown: number[] = [];
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!;
    if (matches && !matches[index]) continue;
    shown.push(index);
    if (isFolded(row, folding)) index += row.descendantCount;
  }
  return shown;
}
