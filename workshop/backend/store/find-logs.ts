import { setImmediate } from 'node:timers/promises';
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

/** How many records are read before other requests get their turn: a few ms of work. */
const READ_AT_ONCE = 500;

/** Finds log records, in chronological order. If there are more than the limit, it finds the last to arrive. */
export async function findLogs(store: LogStore, query: LogQuery): Promise<LogRecord[]> {
  const { traceId, spanId, service, startUs, endUs, severity, limit } = query;
  const least = severity ? leastNumber(severity) : -Infinity;
  const isFound = logFinder(query.text);
  const read = store.reader();
  const found: LogRecord[] = [];
  let readCount = 0;
  for (const stored of store.newestFirst()) {
    if (found.length >= limit) break;
    const mayBeFound =
      (traceId === undefined || stored.traceId === traceId) &&
      (service === '' || stored.group.service === service) &&
      stored.severityNumber >= least &&
      stored.timeUs >= startUs &&
      stored.timeUs <= endUs;
    if (!mayBeFound) continue;
    if (++readCount % READ_AT_ONCE === 0) await setImmediate();
    const record = read(stored);
    if ((spanId === undefined || record.spanId === spanId) && (isFound?.(record) ?? true)) found.push(record);
  }
  return found.toReversed().toSorted((a, b) => a.timeUs - b.timeUs);
}
