import { parsedObject } from '../net/parsed.ts';
import type { Observation } from './observation.ts';

/**
 * The objects that a program of the lesson printed, in order: each line that is the JSON of one. Other lines, such as those
 * of an attendee's console.log(), are left out.
 */
export function jsonPrinted<T extends object>(program: string, { programs }: Observation): T[] {
  const lines = programs.get(program)?.stdout ?? [];
  return lines.flatMap((line) => (parsedObject(line) as T | undefined) ?? []);
}
