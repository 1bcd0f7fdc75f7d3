import { logFinder } from '../../trace/find-log.ts';
import { leastNumber, type LogRecord, type Severity } from '../../trace/log-record.ts';
import type { LogStore } from './log-store.ts';

/** What log records are searched for. A record is found if it meets all of it. */
export interface LogQuery {
  traceId?: string;
  spanId?: string;
  /** Any service, if empty. */
  service: string;
  /** The record's time is between these, both included. µs since 1970. */
  startUs: number;
  endUs: number;
  /** The mildest severity. Records without a severity are found only if it is missing. */
  severity?: Severity;
  /** As for `logFinder`. */
  text: string;
  /** How many records at most. */
  limit: number;
}

/** All records. */
export const anyLogs: LogQuery = {
  service: '',
  startUs: -Infinity,
  endUs: Infinity,
  text: '',
  limit: Infinity,
};

/** Finds log records and gives them in order of time. Of more than the limit, it finds those that arrived last. */
export function findLogs(store: LogStore, query: LogQuery): LogRecord[] {
  const { traceId, spanId, service, startUs, endUs, severity, limit } = query;
  const least = severity ? leastNumber(severity) : -Infinity;
  const isFound = logFinder(query.text);
  const read = store.reader();
  const found: LogRecord[] = [];
  for (const stored of store.newestFirst()) {
    if (found.length >= limit) break;
    const mayBeFound =
      (traceId === undefined || stored.traceId === traceId) &&
      (service === '' || stored.group.service === service) &&
      stored.severityNumber >= least &&
      stored.timeUs >= startUs &&
      stored.timeUs <= endUs;
    if (!mayBeFound) continue;
    const record = read(stored);
    if ((spanId === undefined || record.spanId === spanId) && (isFound?.(record) ?? true)) found.push(record);
  }
  return found.toReversed().toSorted((a, b) => a.timeUs - b.timeUs);
}
