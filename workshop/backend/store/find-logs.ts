import { logFinder } from '../../trace/find-log.ts';
import { leastNumber, type LogRecord, type Severity } from '../../trace/log-record.ts';
import type { LogStore } from './log-store.ts';

/** The conditions of a search. A log record is found if it meets all of them. */
export interface LogQuery {
  traceId?: string;
  spanId?: string;
  /** Any service, if empty. */
  service: string;
  /** The record's time is between these times, both inclusive. µs since 1970. */
  startUs: number;
  endUs: number;
  /** The lowest severity. If it is missing, records without a severity are found too. */
  severity?: Severity;
  /** As for `logFinder`. */
  text: string;
  /** The maximum number of records. */
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

/** Finds log records, in order of time. If there are more than the limit, it finds the last to arrive. */
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
