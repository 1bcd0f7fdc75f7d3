/** What stands in the fields of the search form, whether it has been searched for yet or not. */
import { emptyQuery, type SearchQuery } from '../../trace/search/query.ts';

/** As the fields have it: a time of one's own is a choice among the look-backs, and local. */
export interface Fields extends Omit<SearchQuery, 'start' | 'end'> {
  /** Such as `1h`, empty for all that is kept, or `custom` for what lies between `from` and `to`. */
  lookback: string;
  /** As a field for local times has it: 2026-11-21T10:29:00. Empty where there is no such end. */
  from: string;
  to: string;
}

/** The fields that say what a query says. */
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
 * The query that the fields say. A field shows whole seconds only: a time that still reads as that of the query before
 * keeps its µs.
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

/** The fields when a time of one's own is chosen: the hour that ends now, in ms since 1970, as a start to change. */
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
