/** The content of the search form, which may differ from the current query. */
import { emptyQuery, type SearchQuery } from '../../trace/search/query.ts';

/** A query as the form shows it: a custom time range is one of the lookback choices, and in local time. */
export interface Fields extends Omit<SearchQuery, 'start' | 'end'> {
  /** Such as `1h`, empty for all traces, or `custom` for the range from `from` to `to`. */
  lookback: string;
  /** In the format of a `datetime-local` field: 2026-11-21T10:29:00. Empty if the range is open at this end. */
  from: string;
  to: string;
}

/** Converts a query to form fields. */
export function fieldsOf({ start, end, lookback, ...others }: SearchQuery): Fields {
  const isCustom = start !== '' || end !== '';
  return {
    ...others,
    lookback: isCustom ? 'custom' : lookback,
    from: localTime(start),
    to: localTime(end),
  };
}

/**
 * Converts form fields to a query. Fields show whole seconds only: a time that still looks like that of the previous
 * query keeps its µs.
 */
export function queryOf({ from, to, lookback, ...texts }: Fields, before: SearchQuery): SearchQuery {
  const isCustom = lookback === 'custom';
  return {
    ...texts,
    tags: texts.tags.trim(),
    minDuration: texts.minDuration.trim(),
    maxDuration: texts.maxDuration.trim(),
    limit: texts.limit.trim() || emptyQuery.limit,
    lookback: isCustom ? '' : lookback,
    start: isCustom ? microseconds(from, before.start) : '',
    end: isCustom ? microseconds(to, before.end) : '',
  };
}

const HOUR_MS = 3_600_000;

/** The initial fields of a custom time range: the hour before `nowMs`, in ms since 1970. */
export function customTime(nowMs = Date.now()): Pick<Fields, 'lookback' | 'from' | 'to'> {
  const endMs = Math.ceil(nowMs / 1_000) * 1_000;
  return {
    lookback: 'custom',
    from: localTime(String((endMs - HOUR_MS) * 1_000)),
    to: localTime(String(endMs * 1_000)),
  };
}

function localTime(us: string): string {
  if (us === '') return '';
  const time = new Date(Number(us) / 1_000);
  if (Number.isNaN(time.valueOf())) return '';
  return new Date(time.valueOf() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

function microseconds(local: string, beforeUs: string): string {
  if (local === localTime(beforeUs)) return beforeUs;
  const time = new Date(local).valueOf();
  return Number.isNaN(time) ? '' : String(time * 1_000);
}
