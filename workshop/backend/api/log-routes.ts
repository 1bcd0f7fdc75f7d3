/**
 * Log records over HTTP. Jaeger has no API for them, so the workshop defines its own, with Jaeger's envelope and, where
 * they exist, the names of Jaeger's parameters.
 */
import type { FastifyInstance } from 'fastify';
import { isSeverity, severities } from '../../trace/log-record.ts';
import { findLogs, type LogQuery } from '../store/find-logs.ts';
import type { LogStore } from '../store/log-store.ts';
import { integer, one, ParameterError, type Parameters, traceIdParameter } from './parameters.ts';
import { envelope } from './routes.ts';

const DEFAULT_LIMIT = 100;

/** Adds /api/logs: its `data` is a list of `LogRecord`, the earliest first. */
export function addLogApi(app: FastifyInstance, logs: LogStore): void {
  app.get<{ Querystring: Parameters }>('/api/logs', async ({ query }) => {
    const found = await findLogs(logs, logQueryFrom(query));
    return envelope(found, { total: found.length });
  });
}

/**
 * Reads the parameters of a search for log records; all of them are optional:
 * - `traceID`, `spanID`, `service`
 * - `start`, `end`: µs since 1970, both inclusive
 * - `severity`: the lowest severity, such as `warn`
 * - `text`: as for `logFinder`
 * - `limit`: the maximum number of records, 100 by default; if there are more, the last to arrive are found
 * @throws ParameterError
 */
export function logQueryFrom(parameters: Parameters): LogQuery {
  const traceId = one(parameters, 'traceID');
  const spanId = one(parameters, 'spanID').toLowerCase();
  const severity = one(parameters, 'severity').toLowerCase();
  const limit = integer(parameters, 'limit') ?? DEFAULT_LIMIT;
  if (spanId !== '' && !/^[\da-f]{16}$/.test(spanId))
    throw new ParameterError(`parameter 'spanID' must have 16 hex characters: ${JSON.stringify(spanId)}`);
  if (severity !== '' && !isSeverity(severity))
    throw new ParameterError(`parameter 'severity' must be one of ${severities.join(', ')}`);
  if (limit < 1) throw new ParameterError("parameter 'limit' must be at least 1");
  return {
    ...(traceId !== '' && { traceId: traceIdParameter(traceId) }),
    ...(spanId !== '' && { spanId }),
    service: one(parameters, 'service'),
    startUs: integer(parameters, 'start') ?? -Infinity,
    endUs: integer(parameters, 'end') ?? Infinity,
    ...(severity !== '' && { severity }),
    text: one(parameters, 'text'),
    limit,
  };
}
