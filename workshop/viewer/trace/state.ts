/**
 * The trace, what is derived from it, and how it is shown. Everything that the reader can change is in the URL: see
 * url.ts.
 */
import { computed, signal } from '@preact/signals';
import { criticalPathOf, type CriticalSegment } from '../../trace/critical-path.ts';
import type { Trace } from '../../trace/model.ts';
import { treeOf } from '../../trace/tree.ts';
import { explanations } from '../frame/preferences.ts';
import { unexplained, type Waterfall, waterfallOf } from '../../trace/waterfall.ts';

export type View = 'timeline' | 'events';

/** Undefined until a span has arrived. */
export const trace = signal<Trace | undefined>(undefined);
/** All services that the backend knows. */
export const knownServices = signal<readonly string[]>([]);
/** Why the trace can't be shown, as a sentence; empty if it can. */
export const problem = signal('');
/** Whether a response has arrived. */
export const hasResponse = signal(false);

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
