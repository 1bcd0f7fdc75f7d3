import { type StructuredPatchHunk, structuredPatch } from 'diff';
import { type LessonFiles, plain } from './files.ts';

/** How a file differs between two states. `added` and `removed` count lines. */
export interface FileChange {
  path: string;
  added: number;
  removed: number;
  /** The change in Git's unified format, for `git apply` and `patch -p1`. Ends with a line feed. */
  patch: string;
}

const EMPTY = 'e69de29'; // Git's id of an empty file

/** The files that differ between two states, in the order of their paths. */
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
    // For an empty file, which has no lines, Git writes the ids of the contents instead of the names.
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

/** The name of a file on one side. A name with spaces ends with a tab, as in Git. */
function nameLine(sign: string, side: string, text: string | undefined, path: string): string {
  if (text === undefined) return `${sign} /dev/null`;
  return `${sign} ${side}/${path}${path.includes(' ') ? '\t' : ''}`;
}

/** The line before a hunk. */
function rangesOf({ oldStart, oldLines, newStart, newLines }: StructuredPatchHunk): string {
  return `@@ -${rangeText(oldStart, oldLines)} +${rangeText(newStart, newLines)} @@`;
}

/** An empty range has the number of the line before it (GNU diffutils, "Detailed Unified"). */
function rangeText(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`;
}
