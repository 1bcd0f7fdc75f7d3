/** The state of the search page. The query, the order, and the traces picked for a comparison are in the URL. */
import { batch, computed, effect, signal } from '@preact/signals';
import type { SearchResponse, TraceSummary } from '../../trace/page-data.ts';
import { setServices } from '../frame/colors.ts';
import { traceIdFrom } from '../../trace/ids.ts';
import { addIdDigits } from '../frame/short-ids.ts';
import { poll, type Update } from '../frame/live.ts';
import { type QueryErrors, validateQuery } from '../../trace/search/validate.ts';
import { type Fields, fieldsOf, queryOf } from './fields.ts';
import { searchDataUrl, parametersOf, queryFrom, type SearchQuery } from '../../trace/search/query.ts';
import { loadStart, startOf } from './starts.ts';

export type Order = 'newest' | 'longest' | 'spans' | 'errors';
/** The name of each order, and what it orders by, the highest first. */
export const orders: Record<Order, [name: string, by: (trace: TraceSummary) => number]> = {
  newest: ['newest first', ({ startUs }) => startUs],
  longest: ['longest first', ({ durationUs }) => durationUs],
  spans: ['most spans first', ({ spans }) => spans],
  errors: ['most errors first', ({ errors }) => errors],
};

export const query = signal<SearchQuery>(queryFrom(location.search));
/** The content of the form, which may differ from the query. */
export const fields = signal<Fields>(fieldsOf(query.value));
/** What was wrong with the form when it was submitted. */
export const queryErrors = signal<QueryErrors>(validateQuery(query.value));
/** Whether the query is valid; one from a URL may not be. */
export const isQueryValid = computed(() => isEmpty(validateQuery(query.value)));
export const order = signal<Order>('newest');
/** Whether new traces appear in the list automatically. */
export const isLive = signal(true);
/** Ids of the traces to compare, at most two, in the order in which they were picked. */
export const picked = signal<readonly string[]>([]);

export const response = signal<SearchResponse | undefined>(undefined);
effect(() => {
  const { services, traces: listed } = response.value ?? { services: [], traces: [] };
  const onPage = listed.flatMap((trace) => trace.services.map(({ name }) => name));
  setServices(services, onPage);
});
/** The URL of the response. */
const responseUrl = signal('');
/** Whether the response is for a query other than the current one. */
export const isStale = computed(() => responseUrl.value !== searchDataUrl(query.value));
/** A newer response that is not shown yet. */
export const pending = signal<SearchResponse | undefined>(undefined);
/** The backend's objection to the query, as a sentence; empty if there is none. */
export const problem = signal('');

const reading = signal({ pointer: false, keyboard: false, scrolling: false });
/** Whether the reader is using the list, which then must not move. */
const isReading = computed(() => Object.values(reading.value).includes(true));

/** The traces in the chosen order. */
export const traces = computed(() => {
  const [, by] = orders[order.value];
  return (response.value?.traces ?? []).toSorted((a, b) => by(b) - by(a));
});

/** Ids of the traces of the pending response that are not in the list. */
export const newTraces = computed(() => {
  const known = new Set(response.value?.traces.map(({ traceId }) => traceId));
  const all = pending.value?.traces.map(({ traceId }) => traceId) ?? [];
  return all.filter((id) => !known.has(id));
});

/** Ids of the traces that arrived while the page was open and are marked as new. */
export const arrived = signal<ReadonlySet<string>>(new Set());

/** Shows the pending response. */
export function showPending(): void {
  const next = pending.value;
  if (!next) return;
  batch(() => {
    if (response.value) arrived.value = new Set(newTraces.value);
    response.value = next;
    pending.value = undefined;
  });
}

effect(() => {
  if (pending.value && isLive.value && !isReading.value) showPending();
});

/** Sets whether the reader uses the list by pointer, keyboard, or scrolling. */
export function setReading(by: keyof typeof reading.value, is: boolean): void {
  reading.value = { ...reading.value, [by]: is };
}

function receive(next: Update<SearchResponse>, url: string): void {
  batch(() => {
    problem.value = next.problem;
    if (!next.data) return;
    addIdDigits(next.data.idDigits);
    pending.value = next.data;
    if (responseUrl.value !== url) showPending();
    responseUrl.value = url;
  });
}

function startOver(): void {
  arrived.value = new Set();
  void askNow();
}

/** Changes some fields of the form and searches, unless the form is invalid. */
export function submit(changed: Partial<Fields> = {}): void {
  fields.value = { ...fields.value, ...changed };
  const next = queryOf(fields.value, query.value);
  queryErrors.value = validateQuery(next);
  if (isEmpty(queryErrors.value)) search(next);
}

/** Sets the text of a form field and clears its error. */
export function type(name: keyof Fields, text: string): void {
  fields.value = { ...fields.value, [name]: text };
  const { [name as keyof QueryErrors]: _, ...others } = queryErrors.value;
  queryErrors.value = others;
}

/** Searches for a new query and shows it in the form. */
export function searchFor(next: SearchQuery): void {
  batch(() => {
    fields.value = fieldsOf(next);
    queryErrors.value = validateQuery(next);
    search(next);
  });
}

/** Starts a search and adds a history entry. */
function search(next: SearchQuery): void {
  query.value = next;
  writeUrl('push');
  startOver();
}

export function setOrder(next: Order): void {
  order.value = next;
  writeUrl('replace');
}

export function setLive(live: boolean): void {
  isLive.value = live;
  writeUrl('replace');
}

/** The two traces to compare, the earlier one first; in the order of picking if their starts aren't known. */
export const pair = computed<readonly [string, string] | undefined>(() => {
  const [a, b] = picked.value;
  if (a === undefined || b === undefined) return undefined;
  const [startOfA, startOfB] = [startOf(a), startOf(b)];
  return startOfA !== undefined && startOfB !== undefined && startOfB < startOfA ? [b, a] : [a, b];
});

effect(() => {
  if (!response.value) return;
  for (const id of picked.value)
    void loadStart(id, traces.value.find(({ traceId }) => traceId === id)?.startUs);
});

/** Picks a trace for a comparison or removes it. If there are more than two, the first one picked is removed. */
export function togglePicked(traceId: string): void {
  const others = picked.value.filter((id) => id !== traceId);
  picked.value = others.length < picked.value.length ? others : [...others, traceId].slice(-2);
  writeUrl('replace');
}

function readUrl(): void {
  const parameters = new URLSearchParams(location.search);
  batch(() => {
    query.value = queryFrom(location.search);
    fields.value = fieldsOf(query.value);
    queryErrors.value = validateQuery(query.value);
    const wanted = parameters.get('order') ?? '';
    order.value = Object.hasOwn(orders, wanted) ? (wanted as Order) : 'newest';
    isLive.value = parameters.get('live') !== '0';
    picked.value = parameters
      .getAll('compare')
      .flatMap((text) => traceIdFrom(text) ?? [])
      .slice(0, 2);
  });
}

function writeUrl(how: 'push' | 'replace'): void {
  const parameters = parametersOf(query.value);
  if (order.value !== 'newest') parameters.set('order', order.value);
  if (!isLive.value) parameters.set('live', '0');
  for (const id of picked.value) parameters.append('compare', id);
  const text = parameters.toString();
  const url = text === '' ? '/search' : `/search?${text}`;
  if (how === 'push' && url !== location.pathname + location.search) history.pushState(null, '', url);
  else history.replaceState(null, '', url);
}

readUrl();
const askNow = poll<SearchResponse>(() => searchDataUrl(query.value), receive);
addEventListener('popstate', () => {
  readUrl();
  startOver();
});

function isEmpty(found: QueryErrors): boolean {
  return Object.keys(found).length === 0;
}
