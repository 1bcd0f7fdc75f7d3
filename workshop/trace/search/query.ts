/** What is searched for, and its place in the URL. The parameters are those of Jaeger's search page. */
import { faultsOf, isLimit } from './faults.ts';
import { isLookback, lookbackForGo } from './lookback.ts';
import { canBeKey, formatTags, parseTags } from './tags.ts';

/** All as text, empty where nothing is asked for. `start` and `end` are in µs since 1970. */
export interface SearchQuery {
  service: string;
  operation: string;
  /** In logfmt, unless whoever wrote it erred: `faultsOf` says so. */
  tags: string;
  minDuration: string;
  maxDuration: string;
  /** `1h` and the like: see lookback.ts. */
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
 * Reads the query of a URL. Tags and durations stay as they are, so that the form can show what is wrong with them;
 * other parameters that make no sense count as not there.
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
      .filter((some) => some !== '')
      .join(' '),
    minDuration: text('minDuration'),
    maxDuration: text('maxDuration'),
    lookback: start || end ? '' : lookback,
    start,
    end,
    limit: isLimit(text('limit')) ? text('limit') : emptyQuery.limit,
  };
}

/** The query as parameters of the page, without what is empty. */
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

/** The URL of the backend's answer. What makes no sense in the query is not asked for. */
export function answerUrl(query: SearchQuery): string {
  const parameters = parametersOf(query);
  for (const name of Object.keys(faultsOf(query))) parameters.delete(name);
  if (query.lookback !== '') parameters.set('lookback', lookbackForGo(query.lookback));
  parameters.set('limit', query.limit);
  return `/viewer/search?${parameters}`;
}

/** Tags as Jaeger's page has them in its URLs, in logfmt; any other text as it is. */
function tagsFromJson(text: string): string {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json !== 'object' || json === null || !Object.keys(json).every(canBeKey)) return text;
    return formatTags(Object.fromEntries(Object.entries(json).map(([key, value]) => [key, String(value)])));
  } catch {
    return text;
  }
}

/** `tag=key:value`, of which there can be many. */
function tagsFromPairs(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs
      .filter((pair) => pair.includes(':'))
      .map((pair) => [pair.slice(0, pair.indexOf(':')), pair.slice(pair.indexOf(':') + 1)]),
  );
}
