/** Reads the parameters of Jaeger's v1 API as jaegerquery/internal/query_parser.go of Jaeger 2.20 does. */
import { parseGoDuration } from '../../trace/go-duration.ts';
import type { TraceQuery } from '../jaeger/search.ts';

/** A parameter is invalid: status 400, with the same message as Jaeger. */
export class ParameterError extends Error {}

/** Query parameters as Fastify parses them: a list if a parameter occurs more than once. */
export type Parameters = Record<string, string | string[] | undefined>;

const SEARCH_LOOKBACK_US = 2 * 24 * 3_600 * 1e6;
const DEPENDENCIES_LOOKBACK_MS = 24 * 3_600 * 1e3;
const DEFAULT_LIMIT = 100;

/** Parameters of /api/traces: a search, or ids of traces. */
export type TracesParameters = { traceIds: string[] } | { query: TraceQuery };

/**
 * Reads the parameters of /api/traces.
 * @throws ParameterError
 */
export function tracesParameters(parameters: Parameters): TracesParameters {
  const traceIds = all(parameters, 'traceID').map(traceIdParameter);
  const nowUs = Date.now() * 1_000;
  const query = searchFrom(parameters, nowUs, { lookbackUs: SEARCH_LOOKBACK_US, endUs: nowUs });
  if (traceIds.length > 0) return { traceIds };
  if (!query.service) throw new ParameterError("parameter 'service' is required");
  checkSearch(query);
  return { query };
}

/**
 * Reads the parameters of a search that requires neither a service nor a time range. `lookback`, such as `1h`, says how
 * far back from now the search goes, unless there is a `start`. Without an `end`, it has none: clocks can be ahead.
 * @throws ParameterError
 */
export function anySearch(parameters: Parameters): TraceQuery {
  const lookbackUs = duration(parameters, 'lookback');
  const query = searchFrom(parameters, Date.now() * 1_000, {
    lookbackUs: lookbackUs ?? Infinity,
    endUs: Infinity,
  });
  checkSearch(query);
  return query;
}

function searchFrom(
  parameters: Parameters,
  nowUs: number,
  defaults: { lookbackUs: number; endUs: number },
): TraceQuery {
  const operation = one(parameters, 'operation');
  const minDurationUs = duration(parameters, 'minDuration');
  const maxDurationUs = duration(parameters, 'maxDuration');
  return {
    service: one(parameters, 'service'),
    ...(operation && { operation }),
    tags: tagsFrom(parameters),
    startUs: integer(parameters, 'start') ?? nowUs - defaults.lookbackUs,
    endUs: integer(parameters, 'end') ?? defaults.endUs,
    ...(minDurationUs && { minDurationUs }),
    ...(maxDurationUs && { maxDurationUs }),
    limit: integer(parameters, 'limit') ?? DEFAULT_LIMIT,
  };
}

function checkSearch({ limit, minDurationUs, maxDurationUs }: TraceQuery): void {
  if (limit < 1) throw new ParameterError("unable to parse param 'limit': it must be at least 1");
  if (minDurationUs && maxDurationUs && maxDurationUs < minDurationUs) {
    throw new ParameterError("'maxDuration' should be greater than 'minDuration'");
  }
}

/**
 * Reads the time range of /api/dependencies, in ms since 1970.
 * @throws ParameterError
 */
export function dependenciesWindow(parameters: Parameters): { fromMs: number; toMs: number } {
  const toMs = integer(parameters, 'endTs') ?? Date.now();
  return { fromMs: toMs - (integer(parameters, 'lookback') ?? DEPENDENCIES_LOOKBACK_MS), toMs };
}

/** The first value of a parameter; empty if there is none. */
export function one(parameters: Parameters, name: string): string {
  return all(parameters, name)[0] ?? '';
}

/**
 * Reads a trace id of up to 32 hex digits in any case. Returns 32 lowercase digits; a short id is padded with zeros.
 * @throws ParameterError
 */
export function traceIdParameter(text: string): string {
  if (text.length > 32) throw new ParameterError(`TraceID cannot be longer than 32 hex characters: ${text}`);
  if (/^[\da-f]+$/i.test(text)) return text.toLowerCase().padStart(32, '0');
  throw new ParameterError(`TraceID must be hex characters: ${JSON.stringify(text)}`);
}

function all(parameters: Parameters, name: string): string[] {
  return [parameters[name] ?? []].flat();
}

/**
 * Reads a whole number; undefined if there is none.
 * @throws ParameterError
 */
export function integer(parameters: Parameters, name: string): number | undefined {
  const text = one(parameters, name);
  if (text === '') return undefined;
  if (/^[+-]?\d{1,19}$/.test(text)) return Number(text);
  throw unreadable(name, `parsing ${JSON.stringify(text)}: invalid syntax`);
}

/**
 * Reads a duration as in Go. Returns µs; undefined if there is none.
 * @throws the error that `refuse` makes of the name and the reason
 */
export function duration(
  parameters: Parameters,
  name: string,
  refuse: (name: string, reason: string) => Error = unreadable,
): number | undefined {
  const text = one(parameters, name);
  if (text === '') return undefined;
  const us = parseGoDuration(text);
  if (us === undefined) throw refuse(name, `time: invalid duration ${JSON.stringify(text)}`);
  return us;
}

/** `tags` is a JSON object of strings, `tag` is key:value; each may occur more than once. */
function tagsFrom(parameters: Parameters): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const tag of all(parameters, 'tag')) {
    const colon = tag.indexOf(':');
    if (colon < 0)
      throw new ParameterError(`malformed 'tag' parameter, expecting key:value, received: ${tag}`);
    tags[tag.slice(0, colon)] = tag.slice(colon + 1);
  }
  for (const text of all(parameters, 'tags')) Object.assign(tags, tagsFromJson(text));
  return tags;
}

function tagsFromJson(text: string): object {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw malformedTags((error as Error).message);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw malformedTags('it is not an object');
  for (const [key, value] of Object.entries(json)) {
    if (typeof value !== 'string') throw malformedTags(`the value of ${JSON.stringify(key)} is not a string`);
  }
  return json;
}

function malformedTags(reason: string): ParameterError {
  return new ParameterError(`malformed 'tags' parameter, cannot unmarshal JSON: ${reason}`);
}

function unreadable(name: string, reason: string): ParameterError {
  return new ParameterError(`unable to parse param '${name}': ${reason}`);
}
