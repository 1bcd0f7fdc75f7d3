/** Where rows lie on the page, in px from the top of the list: rows of one height, some with details below them. */
export interface Positions {
  rowHeight: number;
  count: number;
  /** The rows with details, in order, with the height of the details and the sum of those in front of it. */
  opened: readonly { place: number; height: number; before: number }[];
}

/** Takes for each open row its place in the list and the height of its details. */
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

/** The upper edge of a row; that of the row after the last is the height of the list. */
export function topOf({ rowHeight, opened }: Positions, place: number): number {
  const last = opened.findLast((entry) => entry.place < place);
  return place * rowHeight + (last ? last.before + last.height : 0);
}

/** The row at a height, with the details below a row as part of it; within the list, unless that is empty. */
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
