import { UserError } from '../../../../workshop/errors.ts';
import { boxNames } from './boxes.ts';

/** What a picture of the journey shows, as the query of its URL says it. */
export interface Scene {
  /** The headers of the request or message to a service: a name, or `no NAME` for one that is missing. */
  to: ReadonlyMap<string, readonly string[]>;
  /** The headers of a service's response, in the same way. */
  from: ReadonlyMap<string, readonly string[]>;
  /** What is missing in a box; `/` begins a new line. */
  missing: ReadonlyMap<string, string>;
  /** Leaves out the spans. */
  bare: boolean;
  /** Log lines instead of spans, alone or with their trace id. */
  logs?: 'alone' | 'with ids';
  /** How long the caller waits, in large digits. */
  seconds: boolean;
  /** Where all boxes send their spans: the names of what they pass, from the nearest. */
  stores: readonly string[];
}

/**
 * Reads a scene from a query such as `to bands-api=traceparent&to reviews-api=no traceparent&caller=no spans&bare`.
 * @throws UserError if the query has an unknown name
 */
export function sceneOf(query: URLSearchParams): Scene {
  const logs = query.get('logs');
  for (const key of query.keys()) {
    if (!FLAGS.has(key) && !boxNames.has(key.replace(/^(?:to|from) /, '')))
      throw new UserError(`A journey has no "${key}": it has ${[...FLAGS, ...boxNames].join(', ')}.`);
  }
  return {
    to: headersOf(query, 'to '),
    from: headersOf(query, 'from '),
    missing: new Map([...query].filter(([key]) => boxNames.has(key))),
    bare: query.has('bare'),
    seconds: query.has('seconds'),
    stores: query.get('stores')?.split(',') ?? [],
    ...(logs !== null && { logs: logs === 'ids' ? 'with ids' : 'alone' }),
  };
}

const FLAGS = new Set(['bare', 'logs', 'seconds', 'stores']);

function headersOf(query: URLSearchParams, prefix: string): Map<string, string[]> {
  const named = [...query].filter(([key]) => key.startsWith(prefix));
  return new Map(named.map(([key, list]) => [key.slice(prefix.length), list.split(',')]));
}
