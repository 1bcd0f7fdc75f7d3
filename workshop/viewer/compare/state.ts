/** The state of the comparison page. The trace ids, the filter, and the scale are in the URL. */
import { computed, effect, signal } from '@preact/signals';
import { compareTraces, type ComparisonRow, type Verdict } from '../../trace/compare.ts';
import { tableFormatter } from '../../trace/duration.ts';
import type { Trace } from '../../trace/model.ts';
import { waterfallOf } from '../../trace/waterfall.ts';

export const verdicts: readonly Verdict[] = ['slower', 'faster', 'new', 'gone', 'same'];
export const verdictSigns: Record<Verdict, string> = {
  slower: '▲',
  faster: '▼',
  new: '+',
  gone: '−',
  same: '=',
};

/** The traces before and after; undefined until they have arrived. */
export const traceA = signal<Trace | undefined>(undefined);
export const traceB = signal<Trace | undefined>(undefined);

const parameters = new URLSearchParams(location.search);
export const onlyVerdict = signal<Verdict | undefined>(
  verdicts.find((verdict) => verdict === parameters.get('only')),
);
export const hasOwnScales = signal(parameters.get('scale') === 'own');

export const waterfallA = computed(() => traceA.value && waterfallOf(traceA.value));
export const waterfallB = computed(() => traceB.value && waterfallOf(traceB.value));

export const comparison = computed<readonly ComparisonRow[]>(() =>
  traceA.value && traceB.value ? compareTraces(traceA.value, traceB.value) : [],
);

export const counts = computed(() => {
  const sums: Record<Verdict, number> = { slower: 0, faster: 0, new: 0, gone: 0, same: 0 };
  for (const { verdict } of comparison.value) sums[verdict]++;
  return sums;
});

export const shown = computed(() =>
  onlyVerdict.value
    ? comparison.value.filter(({ verdict }) => verdict === onlyVerdict.value)
    : comparison.value,
);

/** Formats a duration of the table. */
export const format = computed(() =>
  tableFormatter(
    shown.value.flatMap(({ a, b, deltaUs }) => [
      a?.durationUs ?? 0,
      b?.durationUs ?? 0,
      a && b ? deltaUs : 0,
    ]),
  ),
);

/** The length of the lanes in µs: the same for both traces, unless each has its own scale. */
export const scales = computed(() => {
  const ofA = Math.max(1, waterfallA.value?.durationUs ?? 1);
  const ofB = Math.max(1, waterfallB.value?.durationUs ?? 1);
  const both = Math.max(ofA, ofB);
  return hasOwnScales.value ? { a: ofA, b: ofB } : { a: both, b: both };
});

effect(() => {
  const next = new URLSearchParams();
  if (onlyVerdict.value) next.set('only', onlyVerdict.value);
  if (hasOwnScales.value) next.set('scale', 'own');
  history.replaceState(null, '', `${location.pathname}${next.size > 0 ? `?${next}` : ''}`);
});
