import { formatDuration } from './duration.ts';
import { leastNumber, type LogRecord, messageOf, severityOf } from './log-record.ts';
import { printable } from './terminal-text.ts';

/** More records of one span than this aren't drawn. */
export const MAX_RECORDS = 20;

/** How serious a record looks. */
export type LogLevel = 'error' | 'warn' | 'other';

export function levelOf({ severityNumber }: Pick<LogRecord, 'severityNumber'>): LogLevel {
  if (severityNumber >= leastNumber('error')) return 'error';
  return severityNumber >= leastNumber('warn') ? 'warn' : 'other';
}

/**
 * A log record as one line for a terminal, without control characters: its time from the start of the trace, its
 * severity, what it says, and its attributes. `+12 ms info cache miss key=band`
 */
export function logText(record: LogRecord, traceStartUs: number): string {
  const offsetUs = record.timeUs - traceStartUs;
  const offset =
    record.timeUs === 0
      ? 'without a time'
      : `${offsetUs < 0 ? '-' : '+'}${formatDuration(Math.abs(offsetUs))}`;
  const pairs = Object.entries(record.attributes).map(([key, value]) => `${key}=${value}`);
  const words = [offset, severityOf(record) ?? '', messageOf(record), ...pairs];
  return printable(words.filter((word) => word !== '').join(' '));
}

/** The records of each span by its id. Those without a span in the trace are under the empty id. */
export function logsBySpan(
  records: readonly LogRecord[],
  hasSpan: (spanId: string) => boolean,
): Map<string, LogRecord[]> {
  const bySpan = new Map<string, LogRecord[]>();
  for (const record of records) {
    let ofSpan = bySpan.get(record.spanId);
    if (!ofSpan) {
      const id = hasSpan(record.spanId) ? record.spanId : '';
      ofSpan = bySpan.get(id) ?? [];
      bySpan.set(id, ofSpan);
    }
    ofSpan.push(record);
  }
  return bySpan;
}
