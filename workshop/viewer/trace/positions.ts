/** The positions of rows in px from the top of the list: rows of equal height, some with details below them. */
export interface Positions {
  rowHeight: number;
  count: number;
  /** The rows with details, in order, with the height of their details and the sum of the heights before it. */
  opened: readonly { place: number; height: number; before: number }[];
}

/** Takes the place in the list and the height of the details of each open row. */
export function positionsOf(
  rowHeight: number,
  count: number,
  open: readonly { place: number; height: number }[],
): Positions {
  let before = 0;
  const opened = open
    .toSorted((a, b) => a.place - b.place)
    .map(({ place, height }) => {
      const entry = { place, height, before };
      before += height;
      return entry;
    });
  return { rowHeight, count, opened };
}

/** The top of a row; for the row after the last, the height of the list. */
export function topOf({ rowHeight, opened }: Positions, place: number): number {
  const last = opened.findLast((entry) => entry.place < place);
  return place * rowHeight + (last ? last.before + last.height : 0);
}

/** The row at a vertical position, including the details below it; clamped to the list. */
export function placeAt(positions: Positions, px: number): number {
  const { rowHeight, count, opened } = positions;
  let skipped = 0;
  for (const { place, height, before } of opened) {
    const detailsTop = (place + 1) * rowHeight + before;
    if (px < detailsTop) break;
    if (px < detailsTop + height) return place;
    skipped = before + height;
  }
  return Math.min(Math.max(0, count - 1), Math.max(0, Math.floor((px - skipped) / rowHeight)));
}
