import { paint } from '../command-line/colour.ts';
import { readableLogLine } from './log-line.ts';

const COLOURS = ['cyan', 'magenta', 'yellow', 'blue'] as const;

/** For each name a function that makes a line of that service readable on stdout, its name before it in a colour of its own. */
export function prefixes(names: string[]): Map<string, (line: string) => string> {
  const width = Math.max(...names.map((name) => name.length));
  return new Map(
    names.map((name, index) => {
      const prefix = paint(COLOURS[index % COLOURS.length]!, `${name.padEnd(width)} │`, process.stdout);
      const prefixed = (line: string) =>
        readableLogLine(line)
          .split('\n')
          .map((part) => `${prefix} ${part}`)
          .join('\n');
      return [name, prefixed] as const;
    }),
  );
}
