/** The log records of the trace. */
import { computed, signal } from '@preact/signals';
import { leastNumber, type LogRecord, type Severity } from '../../trace/log-record.ts';
import { logsBySpan } from '../../trace/log-text.ts';
import { rowIndexes } from './state.ts';

/** In chronological order. */
export const logs = signal<readonly LogRecord[]>([]);
/** Only log records that are at least this severe are shown; all of them, if it is empty. */
export const leastSeverity = signal<Severity | ''>('');

export const shownLogs = computed(() => {
  const least = leastSeverity.value === '' ? 0 : leastNumber(leastSeverity.value);
  return least === 0 ? logs.value : logs.value.filter(({ severityNumber }) => severityNumber >= least);
});
/** The shown log records by span id; those that belong to no span of the trace are under the empty id. */
export const spanLogs = computed(() => {
  const indexes = rowIndexes.value; // not for each record, because reading a signal takes longer than the rest
  return logsBySpan(shownLogs.value, (id) => indexes.has(id));
});
