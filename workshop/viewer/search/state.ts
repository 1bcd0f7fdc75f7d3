/** What the search page shows. The query, the order and what is picked for a comparison are in the URL. */
import { batch, computed, effect, signal } from '@preact/signals';
import type { SearchAnswer, TraceSummary } from '../../trace/page-data.ts';
import { knowServices } from '../frame/colours.ts';
import { traceIdFrom } from '../../trace/ids.ts';
import { follow, type Answer } from '../frame/live.ts';
import { type Faults, faultsOf } from '../../trace/search/faults.ts';
import { type Fields, fieldsOf, queryOf } from './fields.ts';
import { answerUrl, parametersOf, queryFrom, type SearchQuery } from '../../trace/search/query.ts';
import { learnStart, startOf } from './starts.ts';

export type Order = 'newest' | 'longest' | 'spans' | 'errors';
export const orders: Record<Order, string> = {
  newest: 'newest first',
  longest: 'longest first',
  spans: 'most spans first',
  errors: 'most errors first',
};

export const query = signal<SearchQuery>(queryFrom(location.search));
/** What is in the form, which may be more than has been searched for. */
export const fields = signal<Fields>(fieldsOf(query.value));
/** What was wrong with the form when it was to be searched for. */
export const faults = signal<Faults>(faultsOf(query.value));
/** Whether the query can be answered; one from a URL may be as wrong as what is typed. */
export const isSound = computed(() => isEmpty(faultsOf(query.value)));
export const order = signal<Order>('newest');
/** Whether new traces come into the list by themselves. */
export const isLive = signal(true);
/** Ids of the traces to compare, at most two, in the order in which they were picked. */
export const picked = signal<readonly string[]>([]);

export const answer = signal<SearchAnswer | undefined>(undefined);
/** The URL that it answers. */
const answered = signal('');
/** Whether it answers another query than the one of the page. */
export const isStale = computed(() => answered.value !== answerUrl(query.value));
/** A newer answer that waits until the reader wants it. */
export const waiting = signal<SearchAnswer | undefined>(undefined);
/** What the backend has against the query; a sentence. */
export const problem = signal('');

const reading = signal({ pointer: false, keyboard: false, scrolling: false });
/** Whether the reader is at the list: then nothing in it may move. */
const isReading = computed(() => Object.values(reading.value).includes(true));

/** The traces in the chosen order. */
export const traces = computed(() => {
  const found = answer.value?.traces ?? [];
  const by: Record<Order, (trace: TraceSummary) => number> = {
    newest: ({ startUs }) => startUs,
    longest: ({ durationUs }) => durationUs,
    spans: ({ spans }) => spans,
    errors: ({ errors }) => errors,
  };
  return found.toSorted((a, b) => by[order.value](b) - by[order.value](a));
});

/** How many traces wait that are not in the list yet. */
export const newTraces = computed(() => {
  const known = new Set(answer.value?.traces.map(({ traceId }) => traceId));
  return waiting.value?.traces.filter(({ traceId }) => !known.has(traceId)).length ?? 0;
});

/** Ids of the traces that came while the page was open, to be marked. */
export const arrived = signal<ReadonlySet<string>>(new Set());

/** Shows what waits. */
export function showWaiting(): void {
  const next = waiting.value;
  if (!next) return;
  const known = new Set(answer.value?.traces.map(({ traceId }) => traceId));
  batch(() => {
    if (answer.value) {
      arrived.value = new Set(next.traces.map(({ traceId }) => traceId).filter((id) => !known.has(id)));
    }
    answer.value = next;
    waiting.value = undefined;
  });
}

/** Shows what waits if that moves nothing under the reader's eyes. */
function showIfCalm(): void {
  if (isLive.value && !isReading.value) showWaiting();
}

/** Says by what the reader is at the list, or no longer is. */
export function setReading(by: keyof typeof reading.value, is: boolean): void {
  reading.value = { ...reading.value, [by]: is };
  showIfCalm();
}

let askNow = async (): Promise<void> => {};

/** Asks the backend for the query, now and whenever something new may have come. */
export function start(): void {
  readUrl();
  askNow = follow<SearchAnswer>(() => answerUrl(query.value), take);
  addEventListener('popstate', () => {
    readUrl();
    startOver();
  });
}

function take(next: Answer<SearchAnswer>, url: string): void {
  batch(() => {
    problem.value = 'problem' in next ? next.problem : '';
    if ('problem' in next || !next.data) return;
    knowServices(next.data.services);
    waiting.value = next.data;
    if (answered.value === url) showIfCalm();
    else showWaiting();
    answered.value = url;
  });
}

function startOver(): void {
  arrived.value = new Set();
  void askNow();
}

/** Searches for what the form says once this has changed in it, unless something in it makes no sense. */
export function submit(changed: Partial<Fields> = {}): void {
  fields.value = { ...fields.value, ...changed };
  const next = queryOf(fields.value, query.value);
  faults.value = faultsOf(next);
  if (isEmpty(faults.value)) search(next);
}

/** Types into a field of the form, which takes back what was wrong with it. */
export function type(name: keyof Fields, text: string): void {
  fields.value = { ...fields.value, [name]: text };
  const { [name as keyof Faults]: _, ...others } = faults.value;
  faults.value = others;
}

/** Searches for something else than the form says, which then says it too. */
export function searchInstead(next: SearchQuery): void {
  batch(() => {
    fields.value = fieldsOf(next);
    faults.value = faultsOf(next);
    search(next);
  });
}

/** A new entry of the history. */
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
  showIfCalm();
}

/** The two traces to compare, from before to after: in the order in which they were picked where that is not known. */
export const pair = computed<readonly [string, string] | undefined>(() => {
  const [a, b] = picked.value;
  if (a === undefined || b === undefined) return undefined;
  const [startOfA, startOfB] = [startOf(a), startOf(b)];
  return startOfA !== undefined && startOfB !== undefined && startOfB < startOfA ? [b, a] : [a, b];
});

effect(() => {
  if (!answer.value) return;
  for (const id of picked.value)
    void learnStart(id, traces.value.find(({ traceId }) => traceId === id)?.startUs);
});

/** Picks a trace for a comparison, or lets it go. Of more than two the one picked first goes. */
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
    faults.value = faultsOf(query.value);
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

function isEmpty(found: Faults): boolean {
  return Object.keys(found).length === 0;
}
