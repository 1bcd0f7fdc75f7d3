/** What is searched for, and its place in the URL. The parameters are those of Jaeger's search page. */
import { formatTags, parseTags } from './tags.ts';

/** All as text, empty where nothing is asked for. `start` and `end` are in µs since 1970. */
export interface SearchQuery {
  service: string;
  operation: string;
  /** In logfmt. */
  tags: string;
  minDuration: string;
  maxDuration: string;
  /** `1h` and the like. */
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

/** What can be chosen to look back to; Jaeger knows the same. */
export const lookbacks = ['5m', '15m', '1h', '6h', '24h', '48h'] as const;
export const lookbackNames: Record<string, string> = {
  '': 'all that is kept',
  '5m': 'the last 5 minutes',
  '15m': 'the last 15 minutes',
  '1h': 'the last hour',
  '6h': 'the last 6 hours',
  '24h': 'the last 24 hours',
  '48h': 'the last 2 days',
  custom: 'a time of your own',
};

/** Reads the query of a URL; parameters that make no sense count as not there. */
export function queryFrom(search: string): SearchQuery {
  const parameters = new URLSearchParams(search);
  const text = (name: string) => parameters.get(name) ?? '';
  const microseconds = (name: string) => (/^\d{1,19}$/.test(text(name)) ? text(name) : '');
  const start = microseconds('start');
  const end = microseconds('end');
  const lookback = (lookbacks as readonly string[]).includes(text('lookback')) ? text('lookback') : '';
  return {
    service: text('service'),
    operation: text('operation') === 'all' ? '' : text('operation'),
    tags: formatTags({ ...tagsFromJson(text('tags')), ...tagsFromPairs(parameters.getAll('tag')) }),
    minDuration: text('minDuration'),
    maxDuration: text('maxDuration'),
    lookback: start || end ? '' : lookback,
    start,
    end,
    limit: /^[1-9]\d{0,3}$/.test(text('limit')) ? text('limit') : emptyQuery.limit,
  };
}

/** The query as parameters of the page and of the backend's answer to it, the same for both; without what is empty. */
export function parametersOf(query: SearchQuery): URLSearchParams {
  const parsed = parseTags(query.tags);
  const tags = 'tags' in parsed && Object.keys(parsed.tags).length > 0 ? JSON.stringify(parsed.tags) : '';
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, tags })) {
    if (value !== '' && !(name === 'limit' && value === emptyQuery.limit)) parameters.set(name, value);
  }
  return parameters;
}

/** The URL of the backend's answer. */
export function answerUrl(query: SearchQuery): string {
  const parameters = parametersOf(query);
  parameters.set('limit', query.limit);
  return `/viewer/search?${parameters}`;
}

function tagsFromJson(text: string): Record<string, string> {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json !== 'object' || json === null) return {};
    return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, String(value)]));
  } catch {
    const parsed = parseTags(text);
    return 'tags' in parsed ? parsed.tags : {};
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
