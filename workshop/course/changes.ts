import { type StructuredPatchHunk, structuredPatch } from 'diff';
import { type LessonFiles, plain } from './files.ts';

/** How a file differs between two states. `added` and `removed` count lines. */
export interface FileChange {
  path: string;
  added: number;
  removed: number;
  /** The change in the unified format, as git writes it: `git apply` and `patch -p1` take it. Ends with a line feed. */
  patch: string;
}

const EMPTY = 'e69de29'; // git's id of an empty file

/** What differs between two states, a file each, in the order of their paths. */
export function changesBetween(before: LessonFiles, after: LessonFiles): FileChange[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return paths
    .map((path) => changeOf(path, plain(before.get(path)), plain(after.get(path))))
    .filter((change) => change !== undefined);
}

function changeOf(
  path: string,
  before: string | undefined,
  after: string | undefined,
): FileChange | undefined {
  if (before === after) return undefined;

  const { hunks } = structuredPatch(path, path, before ?? '', after ?? '', '', '', { context: 3 });
  const lines = hunks.flatMap((hunk) => [rangesOf(hunk), ...hunk.lines]);
  const head = [
    `diff --git a/${path} b/${path}`,
    ...(before === undefined ? ['new file mode 100644'] : []),
    ...(after === undefined ? ['deleted file mode 100644'] : []),
    // An empty file comes and goes without lines: git has the ids of its content there instead of names.
    ...(lines.length > 0
      ? [nameLine('---', 'a', before, path), nameLine('+++', 'b', after, path)]
      : [before === undefined ? `index 0000000..${EMPTY}` : `index ${EMPTY}..0000000`]),
  ];
  return {
    path,
    added: lines.filter((line) => line.startsWith('+')).length,
    removed: lines.filter((line) => line.startsWith('-')).length,
    patch: `${[...head, ...lines].join('\n')}\n`,
  };
}

/** The name of a file on one side. A tab ends one with spaces, as git has it. */
function nameLine(sign: string, side: string, text: string | undefined, path: string): string {
  if (text === undefined) return `${sign} /dev/null`;
  return `${sign} ${side}/${path}${path.includes(' ') ? '\t' : ''}`;
}

/** The line before a hunk. */
function rangesOf({ oldStart, oldLines, newStart, newLines }: StructuredPatchHunk): string {
  return `@@ -${rangeText(oldStart, oldLines)} +${rangeText(newStart, newLines)} @@`;
}

/** A range of no lines names the line before it (GNU diffutils, "Detailed Unified"). */
function rangeText(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`;
}
