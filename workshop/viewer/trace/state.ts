/** What the trace page shows, and all that follows from it. Everything a reader can change is in the URL, see url.ts. */
import { batch, computed, signal } from '@preact/signals';
import { criticalPathOf } from '../../trace/critical-path.ts';
import type { CriticalSegment } from '../../trace/critical-path.ts';
import { spanFinder } from '../../trace/find.ts';
import { isFolded, allExpanded, shownRows, toggleFold, unfoldTo, filterRows } from '../../trace/folding.ts';
import type { TimeRange } from '../../trace/lane.ts';
import type { Trace } from '../../trace/model.ts';
import { treeOf } from '../../trace/tree.ts';
import { waterfallOf } from '../../trace/waterfall.ts';
import type { Waterfall } from '../../trace/waterfall.ts';

export type View = 'timeline' | 'events';

/** Undefined as long as no span of it has arrived. */
export const trace = signal<Trace | undefined>(undefined);
/** What the backend or the URL has against showing a trace; a sentence. */
export const problem = signal('');
/** Whether the backend has answered at least once. */
export const hasResponse = signal(false);

export const folding = signal(allExpanded);
export const zoom = signal<TimeRange | undefined>(undefined);
/** What stays on the screen although the trace became longer, because somebody looks at it. It is not in the URL. */
export const pinnedRange = signal<TimeRange | undefined>(undefined);
export const findText = signal('');
export const services = signal<ReadonlySet<string>>(new Set());
export const errorsOnly = signal(false);
export const showsPath = signal(true);
export const view = signal<View>('timeline');
export const openSpans = signal<ReadonlySet<string>>(new Set());
/** The row that keys act on. */
export const focused = signal<string | undefined>(undefined);

const noWaterfall: Waterfall = {
  traceId: '',
  rows: [],
  startUs: 0,
  durationUs: 0,
  extraDigits: 0,
  services: [],
  depth: 0,
  errorCount: 0,
};

export const waterfall = computed(() => (trace.value ? waterfallOf(trace.value) : noWaterfall));
export const rows = computed(() => waterfall.value.rows);
export const rowIndexes = computed(() => new Map(rows.value.map(({ span }, index) => [span.spanId, index])));

/** For each row how many of the rows below it are errors, so that an error shows on all that lies above it. */
export const errorsBelow = computed(() => {
  const counts = Array.from({ length: rows.value.length }, () => 0);
  const path: number[] = [];
  for (const [index, row] of rows.value.entries()) {
    path.length = row.depth;
    if (row.span.error) for (const above of path) counts[above]!++;
    path.push(index);
  }
  return counts;
});

/** For each row the row above it in the tree; −1 for a root. */
export const parents = computed(() => {
  const path: number[] = [];
  return rows.value.map(({ depth }, index) => {
    path.length = depth;
    path.push(index);
    return path[depth - 1] ?? -1;
  });
});

export const criticalPath = computed(() => {
  const bySpan = new Map<string, CriticalSegment[]>();
  if (!trace.value || !showsPath.value) return bySpan;
  for (const segment of criticalPathOf(treeOf(trace.value.spans))) {
    const known = bySpan.get(segment.spanId);
    if (known) known.push(segment);
    else bySpan.set(segment.spanId, [segment]);
  }
  return bySpan;
});

/** How long the trace is, in µs; one without any length is given 1 µs. */
export const wholeUs = computed(() => Math.max(1, waterfall.value.durationUs));

/** The stretch that was chosen or is held, as far as it is in the trace; undefined for all of it. */
export const shownZoom = computed<TimeRange | undefined>(() => {
  const whole = wholeUs.value;
  const { fromUs, toUs } = zoom.value ?? pinnedRange.value ?? { fromUs: 0, toUs: whole };
  if (fromUs >= whole || (fromUs === 0 && toUs >= whole)) return undefined;
  return { fromUs, toUs: Math.min(toUs, whole) };
});

/** The stretch of time on the screen. */
export const range = computed<TimeRange>(() => shownZoom.value ?? { fromUs: 0, toUs: wholeUs.value });

export const isFiltered = computed(() => services.value.size > 0 || errorsOnly.value);
export const filterMatches = computed(() =>
  isFiltered.value
    ? filterRows(
        rows.value,
        ({ span }) =>
          (services.value.size === 0 || services.value.has(span.service)) &&
          (!errorsOnly.value || span.error),
      )
    : undefined,
);

/** Indexes of the rows on the page, from top to bottom. */
export const shown = computed(() => shownRows(rows.value, folding.value, filterMatches.value));
/** The place of a row among those on the page. */
export const placeOf = computed(
  () => new Map(shown.value.map((index, place) => [rows.value[index]!.span.spanId, place])),
);

/** The row that has the focus or would get it: the one that was chosen, else what it is folded into, else the first. */
export const focusRow = computed(() => {
  let index = rowIndexes.value.get(focused.value ?? '') ?? -1;
  while (index >= 0 && !placeOf.value.has(rows.value[index]!.span.spanId)) index = parents.value[index]!;
  return rows.value[index >= 0 ? index : (shown.value[0] ?? -1)]?.span.spanId;
});

/** Indexes of the rows that were found, whether folded or not; undefined when nothing is looked for. */
export const hits = computed(() => {
  const isHit = spanFinder(findText.value);
  if (!isHit) return undefined;
  const found: number[] = [];
  for (const [index, { span }] of rows.value.entries()) {
    if ((!filterMatches.value || filterMatches.value[index]) && isHit(span)) found.push(index);
  }
  return found;
});
export const hitSet = computed(() => new Set(hits.value));

/** The events of the trace in order of time; with a filter, those of the spans that it wants. */
export const events = computed(() =>
  rows.value
    .filter((_, index) => !filterMatches.value || filterMatches.value[index] === 'match')
    .flatMap((row) => row.span.events.map((event, place) => ({ row, event, place })))
    .toSorted((a, b) => a.event.timeUs - b.event.timeUs),
);

/** Lets no filter hide anything. */
export function showAll(): void {
  batch(() => {
    services.value = new Set();
    errorsOnly.value = false;
  });
}

export function setFolded(spanId: string, fold: boolean): void {
  const row = rows.value[rowIndexes.value.get(spanId) ?? -1];
  if (row && row.childCount > 0 && isFolded(row, folding.value) !== fold) {
    folding.value = toggleFold(folding.value, spanId);
  }
}

/** Opens so many levels and closes all below them. */
export function foldTo(depth: number): void {
  folding.value = {
    depth: depth >= waterfall.value.depth ? Infinity : Math.max(1, depth),
    toggled: new Set(),
  };
}

export function openLevels(): number {
  return Math.min(folding.value.depth, Math.max(1, waterfall.value.depth));
}

export function setOpen(spanId: string, open: boolean): void {
  const ids = new Set(openSpans.value);
  if (open) ids.add(spanId);
  else ids.delete(spanId);
  openSpans.value = ids;
}

/** Makes sure that a span is on the page: nothing is folded above it and no filter hides it. */
export function reveal(spanId: string): void {
  const index = rowIndexes.value.get(spanId);
  if (index === undefined) return;
  batch(() => {
    if (filterMatches.value && !filterMatches.value[index]) showAll();
    folding.value = unfoldTo(rows.value, index, folding.value);
  });
}

/** Shows a stretch of time, or all of it. A stretch is kept within the trace and never shorter than 1 µs. */
export function zoomTo(wantedRange: TimeRange | undefined): void {
  const whole = wholeUs.value;
  const asked = wantedRange ?? { fromUs: 0, toUs: whole };
  const length = Math.min(whole, Math.max(1, asked.toUs - asked.fromUs));
  const fromUs = Math.min(Math.max(0, asked.fromUs), whole - length);
  batch(() => {
    pinnedRange.value = undefined;
    zoom.value = length >= whole ? undefined : { fromUs, toUs: fromUs + length };
  });
}

/** Makes the stretch of time longer or shorter around a moment, the middle if not given. */
export function zoomBy(factor: number, aroundUs = (range.value.fromUs + range.value.toUs) / 2): void {
  const { fromUs, toUs } = range.value;
  zoomTo({ fromUs: aroundUs - (aroundUs - fromUs) * factor, toUs: aroundUs + (toUs - aroundUs) * factor });
}

/** Moves the stretch of time by a share of its length. */
export function pan(share: number): void {
  if (!shownZoom.value) return;
  const { fromUs, toUs } = shownZoom.value;
  const by = (toUs - fromUs) * share;
  zoomTo({ fromUs: fromUs + by, toUs: toUs + by });
}
