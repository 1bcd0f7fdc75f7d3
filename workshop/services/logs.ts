import { readFile } from 'node:fs/promises';
import type { LogRecord } from '../trace/log-record.ts';
import type { Service } from './definition.ts';
import { logEntryOf, timeOf } from './log-entry.ts';
import { logFileOf } from './start.ts';

/** A line that a service printed since its last start. */
export interface LoggedLine {
  service: string;
  line: string;
  /** ms since 1970; a line without a time has that of the line before. */
  timeMs: number;
}

/** The lines that some services printed, in chronological order. A service that was never started has none. */
export async function readLogs(services: Service[]): Promise<LoggedLine[]> {
  const logs = await Promise.all(
    services.map(async (service) => {
      const text = await readFile(logFileOf(service), 'utf8').catch(() => '');
      let timeMs = 0;
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => ({ service: service.name, line, timeMs: (timeMs = timeOf(line) ?? timeMs) }));
    }),
  );
  return logs.flat().toSorted((a, b) => a.timeMs - b.timeMs);
}

/**
 * The lines of the log files, with the records that arrived over OTLP in place of the entries of each service that has
 * sent any since its last start. A line that isn't a log entry, such as a crash, stays.
 */
export function withRecords(lines: readonly LoggedLine[], records: readonly LogRecord[]): LoggedLine[] {
  const startsMs = new Map<string, number>();
  for (const { service, timeMs } of lines) if (!startsMs.get(service)) startsMs.set(service, timeMs);
  const sent = records
    .map((record) => ({
      service: record.service,
      line: logEntryOf(record),
      timeMs: Math.floor(record.timeUs / 1_000),
    }))
    .filter(({ service, timeMs }) => timeMs >= (startsMs.get(service) ?? 0));
  const senders = new Set(sent.map(({ service }) => service));
  const others = lines.filter(({ service, line }) => !senders.has(service) || timeOf(line) === undefined);
  return [...others, ...sent].toSorted((a, b) => a.timeMs - b.timeMs);
}
