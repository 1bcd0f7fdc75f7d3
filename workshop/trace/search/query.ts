/** A search query and its representation in the URL. The parameters are those of Jaeger's search page. */
import { validateQuery, isLimit } from './validate.ts';
import { isLookback, toGoDuration } from './lookback.ts';
import { canBeKey, formatTags, parseTags } from './tags.ts';

/** All fields are text; empty means no condition. `start` and `end` are in µs since 1970. */
export interface SearchQuery {
  service: string;
  operation: string;
  /** In logfmt; `validateQuery` checks it. */
  tags: string;
  minDuration: string;
  maxDuration: string;
  /** Such as `1h`: see lookback.ts. */
  lookback: string;
  start: string;
  end: string;
  limit: string;
}

export const emptyQuery: SearchQuery = {
  service: '',
  operation: '',
  tags: '',
  minDuration: '',
  maxDuration: '',
  lookback: '',
  start: '',
  end: '',
  limit: '20',
};

/**
 * Reads the query of a URL. Tags and durations are kept as they are, so that the form can show what is wrong with them;
 * other invalid parameters are ignored.
 */
export function queryFrom(search: string): SearchQuery {
  const parameters = new URLSearchParams(search);
  const text = (name: string) => parameters.get(name) ?? '';
  const microseconds = (name: string) => (/^\d{1,19}$/.test(text(name)) ? text(name) : '');
  const start = microseconds('start');
  const end = microseconds('end');
  const lookback = isLookback(text('lookback')) ? text('lookback') : '';
  return {
    service: text('service'),
    operation: text('operation') === 'all' ? '' : text('operation'),
    tags: [tagsFromJson(text('tags')), formatTags(tagsFromPairs(parameters.getAll('tag')))]
      .filter((tags) => tags !== '')
      .join(' '),
    minDuration: text('minDuration'),
    maxDuration: text('maxDuration'),
    lookback: start || end ? '' : lookback,
    start,
    end,
    limit: isLimit(text('limit')) ? text('limit') : emptyQuery.limit,
  };
}

/** The query as URL parameters of the search page, without empty fields. */
export function parametersOf(query: SearchQuery): URLSearchParams {
  const parsed = parseTags(query.tags);
  const hasTags = 'tags' in parsed && Object.keys(parsed.tags).length > 0;
  const tags = hasTags ? JSON.stringify(parsed.tags) : query.tags.trim();
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, tags })) {
    if (value !== '' && !(name === 'limit' && value === emptyQuery.limit)) parameters.set(name, value);
  }
  return parameters;
}

/** The URL of the backend's search results. Invalid fields of the query are left out. */
export function searchDataUrl(query: SearchQuery): string {
  const parameters = parametersOf(query);
  for (const name of Object.keys(validateQuery(query))) parameters.delete(name);
  if (query.lookback !== '') parameters.set('lookback', toGoDuration(query.lookback));
  parameters.set('limit', query.limit);
  return `/viewer/search?${parameters}`;
}

/** Converts tags from the JSON of Jaeger's URLs to logfmt; leaves any other text as it is. */
function tagsFromJson(text: string): string {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json !== 'object' || json === null || !Object.keys(json).every(canBeKey)) return text;
    return formatTags(Object.fromEntries(Object.entries(json).map(([key, value]) => [key, String(value)])));
  } catch {
    return text;
  }
}

/** Reads the values of `tag=key:value` parameters. */
function tagsFromPairs(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs
      .filter((pair) => pair.includes(':'))
      .map((pair) => [pair.slice(0, pair.indexOf(':')), pair.slice(pair.indexOf(':') + 1)]),
  );
}
