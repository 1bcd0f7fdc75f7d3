import { comparableLines, type ComparableLine, idsIn, normalize } from './normalize.ts';

/** In a document, stands for any number of lines that it doesn't show. */
const CUT = '…';

/**
 * What a document should show of a command's output, given what it shows now: the same text if only ids, times, and the
 * like differ; otherwise the new output, without the parts that the document leaves out, if they can still be found.
 */
export function renewOutput(shown: string, output: string): string {
  const cut = cutLike(shown, output);
  return normalize(cut) === normalize(shown) ? shown : cut;
}

/** The output without the parts that a document leaves out; all of it if it lacks one of the parts that are shown. */
function cutLike(shown: string, output: string): string {
  const parts = splitAtCuts(shown);
  if (parts.length === 1) return output;

  const lines = comparableLines(output);
  const kept: string[] = [];
  let from = 0;
  for (const [index, part] of parts.entries()) {
    const latest = lines.length - part.length;
    const isLast = index === parts.length - 1 && part.length > 0;
    const at = find(part, lines, isLast ? Math.max(from, latest) : from, index === 0 ? 0 : latest);
    if (at === undefined) return output;
    from = at + part.length;
    kept.push(...(index > 0 ? [CUT] : []), ...lines.slice(at, from).map(({ raw }) => raw));
  }
  return kept.join('\n');
}

/** Maps the ids of this run to those in the document, in the order in which they appear. */
export function pairIds(shown: string, output: string): Map<string, string> {
  const now = idsIn(cutLike(shown, output));
  const pairs = Object.entries(idsIn(shown)).flatMap(([kind, ids]) =>
    ids.flatMap((id, index) => (now[kind]![index] === undefined ? [] : [[now[kind]![index], id] as const])),
  );
  return new Map(pairs);
}

function splitAtCuts(shown: string): ComparableLine[][] {
  const parts: ComparableLine[][] = [[]];
  for (const line of comparableLines(shown)) {
    if (line.raw.trim() === CUT) parts.push([]);
    else parts.at(-1)!.push(line);
  }
  return parts;
}

/** Where some lines first occur, from `from` to `to`; undefined if they don't. */
function find(part: ComparableLine[], lines: ComparableLine[], from: number, to: number): number | undefined {
  for (let at = from; at <= to; at++) {
    if (part.every(({ plain }, index) => sameLine(plain, lines[at + index]?.plain))) return at;
  }
  return undefined;
}

function sameLine(plain: string, other: string | undefined): boolean {
  return other !== undefined && normalize(plain) === normalize(other);
}
