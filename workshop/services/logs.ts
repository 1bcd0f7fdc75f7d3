import { readFile } from 'node:fs/promises';
import type { Service } from './definition.ts';
import { timeOf } from './log-line.ts';
import { logFileOf } from './start.ts';

/** A line that a service printed since its last start. */
export interface LoggedLine {
  service: string;
  line: string;
  /** ms since 1970; a line without a time has that of the line before. */
  timeMs: number;
}

/** The lines that some services printed, in order of time. A service that was never started has none. */
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
