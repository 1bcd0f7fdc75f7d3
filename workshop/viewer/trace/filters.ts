/** Which rows the reader wants to see, and which they are looking for. */
import { batch, computed, signal } from '@preact/signals';
import { spanAndLogFinder } from '../../trace/find-log.ts';
import { filterRows } from '../../trace/folding.ts';
import { spanLogs } from './logs.ts';
import { rows } from './state.ts';

export const services = signal<ReadonlySet<string>>(new Set());
export const errorsOnly = signal(false);
export const findText = signal('');

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
