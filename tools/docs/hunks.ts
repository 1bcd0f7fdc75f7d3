import { structuredPatch } from 'diff';

/**
 * The changes from one text to another, as lines of the unified format, for people: one line of context around each
 * change, and after the numbers of a hunk the function or statement that it is in, so that readers find it without
 * counting lines.
 */
export function hunksOf(before = '', after = ''): string[] {
  const linesBefore = before.split('\n');
  return structuredPatch('', '', before, after, '', '', { context: 1 }).hunks.flatMap((hunk) => {
    const { oldStart, oldLines, newStart, newLines, lines } = hunk;
    const place = placeOf(linesBefore.slice(0, oldStart));
    return [`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@ ${place}`.trimEnd(), ...lines];
  });
}

/** The line that begins the function or statement that the last line is in; empty if there is none, or the last line begins it. */
function placeOf(lines: string[]): string {
  const nearest = lines.findLastIndex((line) => /^[\w$})\]]/.test(line));
  const line = lines[nearest];
  return line === undefined || nearest === lines.length - 1 || /^[})\]]|^import /.test(line)
    ? ''
    : line.trimEnd();
}
