/** What services log: the lines of pino, which are JSON. */
import type { Observation } from './observation.ts';

/** A line that pino writes. `err` is an error, `time` is in ms since 1970. */
export type LogLine = Record<string, unknown> & {
  span_id?: string;
  time?: number;
  msg?: string;
  err?: unknown;
};

/** The lines that a service logged. Lines that are not JSON are left out. */
export function logLines({ lines }: Observation, service: string): LogLine[] {
  return (lines.get(service) ?? []).flatMap((line) => {
    try {
      return line.startsWith('{') ? [JSON.parse(line) as LogLine] : [];
    } catch {
      return [];
    }
  });
}
