const COMMENT_LINES = /^[ \t]*(?:\/\*[^]*?\*\/[ \t]*|\/\/.*)\n/gm;
const TRAILING_COMMENT = / +\/\/ .*$/;

/**
 * A file as it looks when a reader has typed the code of a lesson but not its comments: without the comments that aren't
 * in the text that the reader was given.
 */
export function asTyped(text: string, given: string): string {
  const linesGiven = new Set(given.split('\n'));
  return text
    .replace(COMMENT_LINES, (comment) => (given.includes(comment) ? comment : ''))
    .split('\n')
    .map((line) => (linesGiven.has(line) ? line : line.replace(TRAILING_COMMENT, '')))
    .join('\n');
}
