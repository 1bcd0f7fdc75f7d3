import { structuredPatch } from 'diff';

/**
 * What changes from one text to another, as lines of the unified format, for people: one line around each change, and
 * behind the numbers of a hunk the function or statement that it is in, so that its place is found without counting.
 */
export function hunksOf(before = '', after = ''): string[] {
  const linesBefore = before.split('\n');
  return structuredPatch('', '', before, after, '', '', { context: 1 }).hunks.flatMap((hunk) => {
    const { oldStart, oldLines, newStart, newLines, lines } = hunk;
    const place = placeOf(linesBefore.slice(0, oldStart));
    return [`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@ ${place}`.trimEnd(), ...lines];
  });
}

/** The line in which begins what the last of some lines is in; empty if that is nothing, or that last line itself. */
function placeOf(lines: string[]): string {
  const nearest = lines.findLastIndex((line) => /^[\w$})\]]/.test(line));
  const line = lines[nearest];
  return line === undefined || nearest === lines.length - 1 || /^[})\]]|^import /.test(line)
    ? ''
    : line.trimEnd();
}
