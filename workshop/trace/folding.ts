import type { Row } from './waterfall.ts';

/** Which rows of a waterfall are shown: as deep as `depth` levels, but for single rows that somebody opened or closed. */
export interface Folding {
  /** How many levels are open; Infinity for all. */
  depth: number;
  /** Ids of spans that are the other way round than their level says. */
  toggled: ReadonlySet<string>;
}

export const nothingFolded: Folding = { depth: Infinity, toggled: new Set() };

/** Whether the spans below this one are folded away. A span without children is never folded. */
export function isFolded(row: Row, folding: Folding): boolean {
  if (row.childCount === 0) return false;
  return row.depth + 1 >= folding.depth !== folding.toggled.has(row.span.spanId);
}

/** The folding in which one span is the other way round. */
export function toggled(folding: Folding, spanId: string): Folding {
  const ids = new Set(folding.toggled);
  if (!ids.delete(spanId)) ids.add(spanId);
  return { depth: folding.depth, toggled: ids };
}

/** The folding in which this row can be seen: everything above it is open. Takes all rows, in display order. */
export function unfoldedTo(rows: readonly Row[], index: number, folding: Folding): Folding {
  let opened = folding;
  for (const above of ancestorsOf(rows, index)) {
    if (isFolded(rows[above]!, opened)) opened = toggled(opened, rows[above]!.span.spanId);
  }
  return opened;
}

/** Indexes of the rows above one in the tree, the nearest first. */
export function ancestorsOf(rows: readonly Row[], index: number): number[] {
  const ancestors: number[] = [];
  let depth = rows[index]!.depth;
  for (let above = index - 1; above >= 0 && depth > 0; above--) {
    if (rows[above]!.depth >= depth) continue;
    ancestors.push(above);
    depth = rows[above]!.depth;
  }
  return ancestors;
}

/** Whether each row is wanted by itself (`hit`) or only leads to one that is. */
export type Wanted = 'hit' | 'path' | undefined;

/** For each row whether a filter wants it, with the rows above a hit as the path to it. */
export function wantedRows(rows: readonly Row[], isHit: (row: Row) => boolean): Wanted[] {
  const wanted: Wanted[] = Array.from({ length: rows.length });
  const path: number[] = [];
  for (const [index, row] of rows.entries()) {
    path.length = row.depth;
    if (isHit(row)) {
      wanted[index] = 'hit';
      for (const above of path) wanted[above] ??= 'path';
    }
    path.push(index);
  }
  return wanted;
}

/** Indexes of the rows to show, from top to bottom: those that are wanted, without those below a folded one. */
export function shownRows(rows: readonly Row[], folding: Folding, wanted?: readonly Wanted[]): number[] {
  const shown: number[] = [];
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!;
    if (wanted && !wanted[index]) continue;
    shown.push(index);
    if (isFolded(row, folding)) index += row.descendantCount;
  }
  return shown;
}
