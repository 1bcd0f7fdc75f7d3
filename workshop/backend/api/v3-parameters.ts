import type { TraceQuery } from '../jaeger/search.ts';
import { duration, one, ParameterError, type Parameters } from './parameters.ts';

const DEFAULT_TRACES = 100;

/**
 * Reads the parameters of a search in Jaeger's API v3 (jaegerquery/internal/apiv3/http_gateway.go): names with the prefix
 * `query.`, times in RFC 3339, durations as in Go. Jaeger refuses a search without `query.search_depth`, whose older name
 * is `query.num_traces`; here, the default is 100. As in Jaeger, a search by attributes is not possible.
 * @throws ParameterError
 */
export function searchParameters(parameters: Parameters): TraceQuery {
  const startUs = time(parameters, 'query.start_time_min');
  const endUs = time(parameters, 'query.start_time_max');
  if (startUs === undefined || endUs === undefined)
    throw new ParameterError('query.start_time_min and query.start_time_max are required');
  const operation = one(parameters, 'query.operation_name');
  const minDurationUs = duration(parameters, 'query.duration_min', malformed);
  const maxDurationUs = duration(parameters, 'query.duration_max', malformed);
  const limit =
    count(parameters, 'query.search_depth') ?? count(parameters, 'query.num_traces') ?? DEFAULT_TRACES;
  return {
    service: one(parameters, 'query.service_name'),
    ...(operation && { operation }),
    tags: {},
    startUs,
    endUs,
    ...(minDurationUs && { minDurationUs }),
    ...(maxDurationUs && { maxDurationUs }),
    limit,
  };
}

/** A whole number of at least 1. */
function count(parameters: Parameters, name: string): number | undefined {
  const text = one(parameters, name);
  if (text === '') return undefined;
  const number = Number(text);
  if (!/^\d{1,9}$/.test(text) || number < 1)
    throw malformed(name, `${JSON.stringify(text)} is not a number of traces`);
  return number;
}

const RFC_3339 = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** A time in µs since 1970. */
function time(parameters: Parameters, name: string): number | undefined {
  const text = one(parameters, name);
  if (text === '') return undefined;
  const [, day, clock, fraction = '', zone] = RFC_3339.exec(text) ?? [];
  const ms = Date.parse(`${day}T${clock}${zone}`);
  // Date.parse() takes 30 February for 2 March, and 24:00:00 for the next day.
  const isReal =
    !Number.isNaN(ms) && new Date(`${day}T${clock}Z`).toISOString().startsWith(`${day}T${clock}`);
  if (!isReal) throw malformed(name, `${JSON.stringify(text)} is not a time in RFC 3339`);
  return ms * 1_000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

function malformed(name: string, reason: string): ParameterError {
  return new ParameterError(`malformed parameter ${name}: ${reason}`);
}
