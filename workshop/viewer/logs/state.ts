/** The state of the log page. The search, and whether the page is live, are in the URL. */
import { batch, computed, effect, signal } from '@preact/signals';
import { fromLogColumns } from '../../trace/log-columns.ts';
import type { LogRecord } from '../../trace/log-record.ts';
import type { LogsResponse } from '../../trace/page-data.ts';
import { type LogSearch, logParametersOf, logsDataUrl, logSearchFrom } from '../../trace/search/logs.ts';
import { setServices } from '../frame/colors.ts';
import { addIdDigits } from '../frame/short-ids.ts';
import { poll, type Update } from '../frame/live.ts';

export const search = signal<LogSearch>(logSearchFrom(location.search));
/** Whether new lines appear automatically. */
export const isLive = signal(new URLSearchParams(location.search).get('live') !== '0');
/** Whether the reader uses the list by pointer or keyboard. In that case, it must not move. */
export const isReading = signal(false);
export const response = signal<LogsResponse | undefined>(undefined);
/** The backend's objection to the search, as a sentence; empty if there is none. */
export const problem = signal('');

/** A line with a key that it keeps while others arrive. */
export interface Line {
  key: string;
  record: LogRecord;
}

/** The newest first. */
export const lines = computed<readonly Line[]>(() => {
  if (!response.value) return [];
  const counts = new Map<string, number>();
  const keyed = fromLogColumns(response.value.logs).map((record) => {
    const name = `${record.timeUs} ${record.service} ${record.body}`;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return { key: `${name} ${count}`, record };
  });
  return keyed.toReversed();
});

effect(() =>
  setServices(
    response.value?.services ?? [],
    lines.value.map(({ record }) => record.service),
  ),
);

let shownUrl = '';
const askNow = poll<LogsResponse>(() => {
  const url = logsDataUrl(`?${logParametersOf(search.value)}`);
  return url !== shownUrl || (isLive.value && !isReading.value) ? url : undefined;
}, receive);

addEventListener('popstate', () => {
  batch(() => {
    search.value = logSearchFrom(location.search);
    isLive.value = new URLSearchParams(location.search).get('live') !== '0';
  });
  void askNow();
});

function receive(update: Update<LogsResponse>, url: string): void {
  shownUrl = url;
  batch(() => {
    problem.value = update.problem;
    if (!update.data) return;
    addIdDigits(update.data.idDigits);
    response.value = update.data;
  });
}

/** Changes some fields of the search and adds a history entry. */
export function searchFor(changed: Partial<LogSearch>): void {
  search.value = { ...search.value, ...changed };
  writeUrl('push');
  void askNow();
}

export function setLive(live: boolean): void {
  isLive.value = live;
  writeUrl('replace');
  void askNow();
}

function writeUrl(how: 'push' | 'replace'): void {
  const parameters = logParametersOf(search.value);
  if (!isLive.value) parameters.set('live', '0');
  const text = parameters.toString();
  const url = text === '' ? '/logs' : `/logs?${text}`;
  if (how === 'push' && url !== location.pathname + location.search) history.pushState(null, '', url);
  else history.replaceState(null, '', url);
}
