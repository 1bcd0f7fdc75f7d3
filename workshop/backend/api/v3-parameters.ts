import { parseGoDuration } from '../../trace/go-duration.ts';
import type { TraceQuery } from '../jaeger/search.ts';
import { integer, one, ParameterError, type Parameters, tagsFromJson } from './parameters.ts';

const DEFAULT_TRACES = 100;

/**
 * Reads the parameters of a search in Jaeger's API v3 (jaegerquery/internal/apiv3/http_gateway.go): names with the prefix
 * `query.`, times in RFC 3339, durations as in Go. Jaeger refuses a search without `query.num_traces`; here, the default
 * is 100.
 * @throws ParameterError
 */
export function searchParameters(parameters: Parameters): TraceQuery {
  const startUs = time(parameters, 'query.start_time_min');
  const endUs = time(parameters, 'query.start_time_max');
  if (startUs === undefined || endUs === undefined)
    throw new ParameterError('query.start_time_min and query.start_time_max are required');
  const operation = one(parameters, 'query.operation_name');
  const minDurationUs = duration(parameters, 'query.duration_min');
  const maxDurationUs = duration(parameters, 'query.duration_max');
  const attributes = one(parameters, 'query.attributes');
  const limit = integer(parameters, 'query.num_traces') ?? DEFAULT_TRACES;
  if (limit < 1) throw new ParameterError('malformed parameter query.num_traces: it must be at least 1');
  return {
    service: one(parameters, 'query.service_name'),
    ...(operation && { operation }),
    tags: attributes === '' ? {} : { ...tagsFromJson(attributes, 'query.attributes') },
    startUs,
    endUs,
    ...(minDurationUs && { minDurationUs }),
    ...(maxDurationUs && { maxDurationUs }),
    limit,
  };
}

/** A time in µs since 1970. */
function time(parameters: Parameters, name: string): number | undefined {
  const text = one(parameters, name);
  if (text === '') return undefined;
  const [, seconds, fraction = ''] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  const zone = text.slice((seconds?.length ?? 0) + (fraction === '' ? 0 : fraction.length + 1));
  const ms = Date.parse(`${seconds}${zone}`);
  if (Number.isNaN(ms)) throw malformed(name, `${JSON.stringify(text)} is not a time in RFC 3339`);
  return ms * 1_000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

function duration(parameters: Parameters, name: string): number | undefined {
  const text = one(parameters, name);
  if (text === '') return undefined;
  const us = parseGoDuration(text);
  if (us === undefined) throw malformed(name, `time: invalid duration ${JSON.stringify(text)}`);
  return us;
}

function malformed(name: string, reason: string): ParameterError {
  return new ParameterError(`malformed parameter ${name}: ${reason}`);
}
