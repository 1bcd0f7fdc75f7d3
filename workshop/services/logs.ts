import { readFile } from 'node:fs/promises';
import type { Service } from './definition.ts';
import { timeOf } from './log-line.ts';
import { logFileOf } from './start.ts';

/** A line that a service printed since it was last started. */
export interface LoggedLine {
  service: string;
  line: string;
  /** ms since 1970; of a line that does not say it, the time of the one before. */
  timeMs: number;
}

/** What some services printed, all of it in order of time. A service that was never started has printed nothing. */
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
