import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diffArrays } from 'diff';
import { UserError } from '../../errors.ts';
import type { Step } from '../../steps/list.ts';
import { highlightLines } from './highlight.ts';
import { findRegion, type Range } from './region.ts';

/** A line of a step's file, or the mark for lines that are left out. */
export interface Line {
  kind: 'same' | 'added' | 'removed' | 'cut';
  text: string;
  html: string;
  /** Its number in its file, from 1; 0 for a cut. */
  number: number;
}

/** Which lines of a file to show. */
export interface Choice {
  /** The file within the step. */
  path: string;
  /** Names of parts, as in `findRegion`; none for the whole file. */
  regions: string[];
  /** Leaves comments out that have a line to themselves. */
  plain: boolean;
}

/**
 * Parts of a step's file, in the order in which they are named.
 * @throws UserError when there is no such file or part
 */
export async function excerpt(step: Step, choice: Choice): Promise<Line[]> {
  const { lines, html } = await requireFile(step, choice.path);
  const whole = { from: 0, to: lines.length };
  const parts = partsOf(choice, whole, (words) => {
    const range = findRegion(lines, words);
    if (!range) throw missing(words, step, choice.path);
    return range;
  });
  return parts.flatMap(({ from, to }, index) => [
    ...(index > 0 ? [blank] : []),
    ...lines
      .slice(from, to)
      .map((text, at): Line => ({ kind: 'same', text, html: html[from + at]!, number: from + at + 1 }))
      .filter(({ text }) => !(choice.plain && isComment(text))),
  ]);
}

/**
 * What differs in a step's file from the step before it, as both show it: `context` lines around each change stay, what
 * is left out between them is one cut.
 * @throws UserError when the step has no such file, neither has a part that is named, or nothing differs
 */
export async function change(
  from: Step,
  to: Step,
  choice: Choice & { context: number },
): Promise<{ before: Line[]; after: Line[] }> {
  const after = await requireFile(to, choice.path);
  const before = (await readLines(from, choice.path)) ?? { lines: [], html: [] };

  const whole = { from: 0, to: Infinity };
  const parts = partsOf(choice, { before: whole, after: whole }, (words) => {
    const part = { before: findRegion(before.lines, words), after: findRegion(after.lines, words) };
    if (!part.before && !part.after) throw missing(words, to, choice.path);
    return part as { before?: Range; after?: Range };
  });
  const chosen = diffLines(before, after).filter(
    ({ line, beforeAt, afterAt }) =>
      !(choice.plain && isComment(line.text)) &&
      parts.some(
        (part) =>
          (line.kind !== 'removed' && isIn(part.after, afterAt)) ||
          (line.kind !== 'added' && isIn(part.before, beforeAt)),
      ),
  );

  const shown = withContext(
    chosen.map(({ line }) => line),
    choice.context,
  );
  if (shown.length === 0) {
    throw new UserError(`${to.name}/${choice.path} does not differ there from ${from.name}.`);
  }
  const numbersBefore = new Map(chosen.map(({ line, beforeAt }) => [line, beforeAt + 1]));
  const numberedBefore = shown.map((line) => ({ ...line, number: numbersBefore.get(line) ?? 0 }));
  return {
    before: tidy(numberedBefore.filter(({ kind }) => kind !== 'added')),
    after: tidy(shown.filter(({ kind }) => kind !== 'removed')),
  };
}

/** The lines of a file, as text and highlighted. */
interface FileLines {
  lines: string[];
  html: string[];
}

const blank: Line = { kind: 'same', text: '', html: '', number: 0 };
const cut: Line = { kind: 'cut', text: '…', html: '…', number: 0 };

/** Every line of two files, with where it is in each of them, or would be. */
function diffLines(before: FileLines, after: FileLines): { line: Line; beforeAt: number; afterAt: number }[] {
  const all: { line: Line; beforeAt: number; afterAt: number }[] = [];
  let beforeAt = 0;
  let afterAt = 0;
  for (const { added, removed, count } of diffArrays(before.lines, after.lines)) {
    const kind = added ? 'added' : removed ? 'removed' : 'same';
    for (let left = count; left > 0; left--) {
      const { lines, html } = removed ? before : after;
      const at = removed ? beforeAt : afterAt;
      all.push({ line: { kind, text: lines[at]!, html: html[at]!, number: at + 1 }, beforeAt, afterAt });
      if (!added) beforeAt++;
      if (!removed) afterAt++;
    }
  }
  return all;
}

/** The changed lines and so many around each; none if nothing changed. */
function withContext(lines: readonly Line[], context: number): Line[] {
  const changed = lines.flatMap(({ kind }, index) => (kind === 'same' ? [] : [index]));
  const shown: Line[] = [];
  let last: number | undefined;
  for (const [index, line] of lines.entries()) {
    if (!changed.some((at) => Math.abs(at - index) <= context)) continue;
    const leftOut = last === undefined ? [] : lines.slice(last + 1, index);
    if (leftOut.some(({ text }) => text !== '')) shown.push(cut);
    shown.push(line);
    last = index;
  }
  return shown;
}

/** Without blank lines and cuts at the edges, and with one cut where there were two with nothing between them. */
function tidy(lines: readonly Line[]): Line[] {
  const isLoose = ({ kind, text }: Line) => kind === 'cut' || text === '';
  const first = lines.findIndex((line) => !isLoose(line));
  const last = lines.findLastIndex((line) => !isLoose(line));
  return lines
    .slice(Math.max(0, first), last + 1)
    .filter(({ kind }, index, kept) => kind !== 'cut' || kept[index - 1]!.kind !== 'cut');
}

function partsOf<Part>({ regions }: Choice, whole: Part, find: (words: string) => Part): Part[] {
  return regions.length > 0 ? regions.map(find) : [whole];
}

function isComment(text: string): boolean {
  return /^\s*(?:\/\/|\/\*.*\*\/\s*$)/.test(text);
}

function isIn(range: Range | undefined, at: number): boolean {
  return range !== undefined && at >= range.from && at < range.to;
}

async function readLines(step: Step, path: string): Promise<FileLines | undefined> {
  const text = await readFile(join(step.folder, path), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const code = text.replaceAll('\r\n', '\n').trimEnd();
  return { lines: code.split('\n'), html: highlightLines(code) };
}

async function requireFile(step: Step, path: string): Promise<FileLines> {
  const file = await readLines(step, path);
  if (!file) throw new UserError(`steps/${step.name} has no file ${path}.`);
  return file;
}

function missing(words: string, step: Step, path: string): UserError {
  return new UserError(`steps/${step.name}/${path} has no part "${words}".`);
}
