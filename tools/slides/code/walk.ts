/** The order in which a speaker explains code: its parts, one after the other. */
import type { Line } from './excerpt.ts';

/** Statements of at most this many lines are one part, */
const WHOLE_LINES = 4;
/** and so are statements that are nested more deeply than this. */
const MAX_DEPTH = 2;

/**
 * For each line, the number of its part from 0, or undefined for a line that isn't explained because it hasn't changed.
 * A part is a short statement, the first and last line of a long one, or a branch of it such as `catch`.
 */
export function walkOf(lines: readonly Line[]): (number | undefined)[] {
  const isNew = lines.some(({ kind }) => kind === 'added');
  const walked = partsOf(lines, 0, lines.length, 0).filter(
    (part) => !isNew || part.some((at) => lines[at]!.kind === 'added'),
  );
  return lines.map((_, at) => {
    const part = walked.findIndex((each) => each.includes(at));
    return part < 0 ? undefined : part;
  });
}

/** The parts of some lines, as positions; `to` is exclusive. */
function partsOf(lines: readonly Line[], from: number, to: number, depth: number): number[][] {
  const parts: number[][] = [];
  for (let start = from; start < to;) {
    const end = endOf(lines, start, to);
    const positions = Array.from({ length: end - start }, (_, index) => start + index);
    if (positions.length <= WHOLE_LINES) parts.push(positions);
    else if (positions.some((at) => isBranch(lines, at, start))) parts.push(...branchesOf(lines, positions));
    else if (depth < MAX_DEPTH)
      parts.push([start, end - 1], ...partsOf(lines, start + 1, end - 1, depth + 1));
    else parts.push(positions);
    start = end;
  }
  return parts.filter((part) => part.some((at) => lines[at]!.text !== '' && lines[at]!.kind !== 'cut'));
}

/** Where the statement that begins at a line ends: after the line that closes all of its brackets. */
function endOf(lines: readonly Line[], start: number, to: number): number {
  let open = 0;
  for (let at = start; at < to; at++) {
    for (const bracket of lines[at]!.text.match(/[()[\]{}]/g) ?? []) open += '([{'.includes(bracket) ? 1 : -1;
    if (open <= 0) return at + 1;
  }
  return to;
}

/** Whether a line such as `} catch (error) {` continues the statement that begins at `start`. */
function isBranch(lines: readonly Line[], at: number, start: number): boolean {
  const indent = /^ */.exec(lines[start]!.text)![0];
  return at > start && lines[at]!.text.startsWith(`${indent}} `) && lines[at]!.text.endsWith('{');
}

function branchesOf(lines: readonly Line[], positions: readonly number[]): number[][] {
  const branches: number[][] = [];
  for (const at of positions) {
    if (branches.length === 0 || isBranch(lines, at, positions[0]!)) branches.push([at]);
    else branches.at(-1)!.push(at);
  }
  return branches;
}
