/**
 * The state of the trace page, and values derived from it. Everything that the reader can change is in the URL: see
 * url.ts.
 */
import { batch, computed, signal } from '@preact/signals';
import { criticalPathOf } from '../../trace/critical-path.ts';
import type { CriticalSegment } from '../../trace/critical-path.ts';
import { spanAndLogFinder } from '../../trace/find-log.ts';
import { isFolded, allExpanded, shownRows, toggleFold, unfoldTo, filterRows } from '../../trace/folding.ts';
import type { TimeRange } from '../../trace/lane.ts';
import { leastNumber, type LogRecord, type Severity } from '../../trace/log-record.ts';
import { logsBySpan } from '../../trace/log-text.ts';
import type { Trace } from '../../trace/model.ts';
import { treeOf } from '../../trace/tree.ts';
import { explanations } from '../frame/preferences.ts';
import { unexplained, waterfallOf } from '../../trace/waterfall.ts';
import type { Waterfall } from '../../trace/waterfall.ts';

export type View = 'timeline' | 'events';

/** Undefined until a span has arrived. */
export const trace = signal<Trace | undefined>(undefined);
/** The log records of the trace in chronological order. */
export const logs = signal<readonly LogRecord[]>([]);
/** All services that the backend knows. */
export const knownServices = signal<readonly string[]>([]);
/** Why the trace can't be shown, as a sentence; empty if it can. */
export const problem = signal('');
/** Whether a response has arrived. */
export const hasResponse = signal(false);

export const folding = signal(allExpanded);
export const zoom = signal<TimeRange | undefined>(undefined);
/** The range that stays visible when the trace becomes longer while the reader looks at it. It isn't in the URL. */
export const pinnedRange = signal<TimeRange | undefined>(undefined);
export const findText = signal('');
export const services = signal<ReadonlySet<string>>(new Set());
export const errorsOnly = signal(false);
/** Only log records that are at least this severe are shown; all of them, if it is empty. */
export const leastSeverity = signal<Severity | ''>('');
export const showsPath = signal(true);
/** What the URL says about explaining the trace; undefined if it says nothing, so that the browser's preference counts. */
export const explainsInUrl = signal<boolean | undefined>(undefined);
/** Whether the page explains the trace: with its gaps, and with warnings about its spans. */
export const explains = computed(() => explainsInUrl.value ?? explanations.value === 'on');

/** Explains the trace or not, in the URL and, for other traces, in the browser. */
export function setExplains(explain: boolean): void {
  explainsInUrl.value = explain;
  explanations.set(explain ? 'on' : 'off');
}
export const view = signal<View>('timeline');
export const openSpans = signal<ReadonlySet<string>>(new Set());
/** The id of the span whose row has the focus. */
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

const explained = computed(() => (trace.value ? waterfallOf(trace.value) : noWaterfall));
export const waterfall = computed(() => (explains.value ? explained.value : unexplained(explained.value)));
/** Whether spans are missing from the trace, explained or not. */
export const isIncomplete = computed(() =>
  explained.value.rows.some(({ warnings }) => warnings.some(({ kind }) => kind === 'missing-parent')),
);
export const rows = computed(() => waterfall.value.rows);
export const rowIndexes = computed(() => new Map(rows.value.map(({ span }, index) => [span.spanId, index])));

export const shownLogs = computed(() => {
  const least = leastSeverity.value === '' ? 0 : leastNumber(leastSeverity.value);
  return least === 0 ? logs.value : logs.value.filter(({ severityNumber }) => severityNumber >= least);
});
/** The shown log records by span id; those that belong to no span of the trace are under the empty id. */
export const spanLogs = computed(() => {
  const indexes = rowIndexes.value; // not for each record, because reading a signal takes longer than the rest
  return logsBySpan(shownLogs.value, (id) => indexes.has(id));
});

/** For each row, the number of errors among its descendants. */
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

/** For each row, the index of its parent; −1 for a root. */
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

/** The duration of the trace in µs, at least 1. */
export const wholeUs = computed(() => Math.max(1, waterfall.value.durationUs));

/** The zoomed or pinned range, limited to the trace; undefined for the whole trace. */
export const shownZoom = computed<TimeRange | undefined>(() => {
  const whole = wholeUs.value;
  const { fromUs, toUs } = zoom.value ?? pinnedRange.value ?? { fromUs: 0, toUs: whole };
  if (fromUs >= whole || (fromUs === 0 && toUs >= whole)) return undefined;
  return { fromUs, toUs: Math.min(toUs, whole) };
});

/** The visible time range. */
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

/** Indexes of the rows that match the search, even if they are folded; undefined without a search. */
export const hits = computed(() => {
  const isHit = spanAndLogFinder(findText.value, ({ spanId }) => spanLogs.value.get(spanId) ?? []);
  if (!isHit) return undefined;
  const found: number[] = [];
  for (const [index, { span }] of rows.value.entries()) {
    if ((!filterMatches.value || filterMatches.value[index]) && isHit(span)) found.push(index);
  }
  return found;
});
export const hitSet = computed(() => new Set(hits.value));

/** Clears all filters. */
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

/** Expands this many levels and collapses the rest. */
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

/** Makes sure that a span is on the page: unfolds its ancestors and, if it is hidden, clears the filters. */
export function reveal(spanId: string): void {
  const index = rowIndexes.value.get(spanId);
  if (index === undefined) return;
  batch(() => {
    if (filterMatches.value && !filterMatches.value[index]) showAll();
    folding.value = unfoldTo(rows.value, index, folding.value);
  });
}

/** Zooms to a time range, or to the whole trace. The range is moved into the trace and is at least 1 µs long. */
export function zoomTo(target: TimeRange | undefined): void {
  const whole = wholeUs.value;
  const requested = target ?? { fromUs: 0, toUs: whole };
  const length = Math.min(whole, Math.max(1, requested.toUs - requested.fromUs));
  const fromUs = Math.min(Math.max(0, requested.fromUs), whole - length);
  batch(() => {
    pinnedRange.value = undefined;
    zoom.value = length >= whole ? undefined : { fromUs, toUs: fromUs + length };
  });
}

/** Scales the visible range around a time, its middle by default. */
export function zoomBy(factor: number, aroundUs = (range.value.fromUs + range.value.toUs) / 2): void {
  const { fromUs, toUs } = range.value;
  zoomTo({ fromUs: aroundUs - (aroundUs - fromUs) * factor, toUs: aroundUs + (toUs - aroundUs) * factor });
}

/** Moves the visible range by a share of its length. */
export function pan(share: number): void {
  if (!shownZoom.value) return;
  const { fromUs, toUs } = shownZoom.value;
  const by = (toUs - fromUs) * share;
  zoomTo({ fromUs: fromUs + by, toUs: toUs + by });
}
