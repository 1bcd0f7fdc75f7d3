import type { Reply } from './chat.ts';

const MOST_CHARACTERS = 3_000; // Slack recommends at most 4,000 for a message
const MOST_PER_LINE = 300;

/** Cuts a long reply, and says how many lines are missing. */
export function cut({ text, lines, ...others }: Reply): Reply {
  let size = 0;
  const short = lines.map(cutLine);
  const kept = short.filter((line) => (size += line.length + 1) <= MOST_CHARACTERS);
  const missing = short.length - kept.length;
  return {
    text: cutLine(text),
    lines: missing === 0 ? kept : [...kept, `… and ${missing} more`],
    ...others,
  };
}

function cutLine(line: string): string {
  const characters = [...line]; // so that no character is cut in two
  if (characters.length <= MOST_PER_LINE) return line;
  return `${characters.slice(0, MOST_PER_LINE - 1).join('')}…`;
}
