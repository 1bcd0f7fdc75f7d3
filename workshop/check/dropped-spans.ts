import { parsedObject } from '../net/parsed.ts';

/** The numbers of spans that a service says it has dropped, from the lines that it printed, as text or as JSON. */
export function droppedIn(lines: readonly string[]): number[] {
  const said = lines.map(textOf).filter((text) => /dropp?ed/i.test(text));
  return said.flatMap((text) => text.replaceAll(/\S+:\d+/g, '').match(/\b\d+\b/g) ?? []).map(Number);
}

/** What a line says; without the level and the time if it is an entry of a JSON log. */
function textOf(line: string): string {
  const entry = parsedObject(line);
  if (!entry) return line;
  const { level: _level, time: _time, pid: _pid, hostname: _hostname, ...rest } = entry;
  return JSON.stringify(rest).replaceAll('":', '": ');
}
