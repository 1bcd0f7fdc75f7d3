/** What services log: the lines of pino, which are JSON. */
import { parsedObject } from '../net/parsed.ts';
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
  const entries = (lines.get(service) ?? []).map((line) => parsedObject(line) as LogLine | undefined);
  return entries.filter((entry) => entry !== undefined);
}
