import { paint } from '../command-line/color.ts';

const COLORS = ['cyan', 'magenta', 'yellow', 'blueBright'] as const;

/** For each service, a function that puts its name, in its own color, before each line of a text. */
export function prefixes(names: string[]): Map<string, (text: string) => string> {
  const width = Math.max(...names.map((name) => name.length));
  return new Map(
    names.map((name, index) => {
      const prefix = paint(COLORS[index % COLORS.length]!, `${name.padEnd(width)} │`, process.stdout);
      const prefixed = (text: string) =>
        text
          .split('\n')
          .map((line) => `${prefix} ${line}`)
          .join('\n');
      return [name, prefixed] as const;
    }),
  );
}
