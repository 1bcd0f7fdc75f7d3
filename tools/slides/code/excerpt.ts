import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diffArrays } from 'diff';
import { UserError } from '../../../workshop/errors.ts';
import type { Step } from '../../../workshop/course/list.ts';
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
  /** Leaves blank lines out. */
  dense: boolean;
}

/**
 * Parts of a step's file, in the order of the file; what is left out between them is one cut.
 * @throws UserError when there is no such file or part, or a part is torn: it closes a brace that it does not open, or
 * the other way round
 */
export async function excerpt(step: Step, choice: Choice): Promise<Line[]> {
  const { lines, html } = await requireFile(step, choice.path);
  const parts = partsOf(choice, { from: 0, to: lines.length }, (words) => {
    const ranges = findRegion(lines, words);
    if (!ranges) throw missing(words, step, choice.path);
    return ranges;
  });
  const all = lines.map((text, at): Line => ({ kind: 'same', text, html: html[at]!, number: at + 1 }));
  const isShown = all.map((line, at) => !isLeftOut(line, choice) && parts.some((part) => isIn(part, at)));
  const shown = tidy(withCuts(all, isShown, choice));
  if (isTorn(shown)) {
    throw new UserError(
      `The braces of ${choice.regions.join(', ')} in ${step.name}/${choice.path} do not match.`,
    );
  }
  return shown;
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
    const [old, now] = [findRegion(before.lines, words) ?? [], findRegion(after.lines, words) ?? []];
    if (old.length + now.length === 0) throw missing(words, to, choice.path);
    return [...old.map((range) => ({ before: range })), ...now.map((range) => ({ after: range }))];
  });
  const all = diffLines(before, after);
  const isChosen = all.map(
    ({ line, beforeAt, afterAt }) =>
      !isLeftOut(line, choice) &&
      parts.some(
        (part: { before?: Range; after?: Range }) =>
          (line.kind !== 'removed' && isIn(part.after, afterAt)) ||
          (line.kind !== 'added' && isIn(part.before, beforeAt)),
      ),
  );
  const lines = all.map(({ line }) => line);
  const isShown = nearChanges(lines, isChosen, choice.context);
  if (!isShown.includes(true)) {
    throw new UserError(`${to.name}/${choice.path} does not differ there from ${from.name}.`);
  }

  const shown = withCuts(lines, isShown, choice);
  const numbersBefore = new Map(all.map(({ line, beforeAt }) => [line, beforeAt + 1]));
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

/** Which of the chosen lines are shown: the changed ones and so many around each; none if nothing changed. */
function nearChanges(lines: readonly Line[], isChosen: readonly boolean[], context: number): boolean[] {
  const chosen = lines.flatMap((_, index) => (isChosen[index] ? [index] : []));
  const changed = chosen.flatMap((index, at) => (lines[index]!.kind === 'same' ? [] : [at]));
  const near = new Set(chosen.filter((_, at) => changed.some((each) => Math.abs(each - at) <= context)));
  return lines.map((_, index) => near.has(index));
}

/** The lines that are shown, with a cut where code is left out between them and a blank line where only that is. */
function withCuts(lines: readonly Line[], isShown: readonly boolean[], choice: Choice): Line[] {
  const shown: Line[] = [];
  let last: number | undefined;
  for (const [index, line] of lines.entries()) {
    if (!isShown[index]) continue;
    const between = last === undefined ? [] : lines.slice(last + 1, index);
    if (between.some((each) => each.text !== '' && !isLeftOut(each, choice))) shown.push(cut);
    else if (between.some(({ text }) => text === '') && !choice.dense) shown.push(blank);
    shown.push(line);
    last = index;
  }
  return shown;
}

/** Without blank lines and cuts at the edges, and with one of them where there were several with nothing between. */
function tidy(lines: readonly Line[]): Line[] {
  const isLoose = ({ kind, text }: Line) => kind === 'cut' || text === '';
  const kept: Line[] = [];
  for (const line of lines) {
    const before = kept.at(-1);
    if (!isLoose(line) || (before && !isLoose(before))) kept.push(line);
    else if (before && line.kind === 'cut') kept[kept.length - 1] = line;
  }
  return kept.slice(0, kept.findLastIndex((line) => !isLoose(line)) + 1);
}

/** Whether brackets are closed that were not opened, or opened and not closed. */
function isTorn(lines: readonly Line[]): boolean {
  const opened: string[] = [];
  for (const bracket of lines.flatMap(({ text }) => text.match(/[()[\]{}]/g) ?? [])) {
    if ('([{'.includes(bracket)) opened.push(bracket);
    else if (PAIRS[opened.pop() ?? ''] !== bracket) return true;
  }
  return opened.length > 0;
}

const PAIRS: Record<string, string> = { '(': ')', '[': ']', '{': '}' };

function partsOf<Part>({ regions }: Choice, whole: Part, find: (words: string) => Part[]): Part[] {
  return regions.length > 0 ? regions.flatMap(find) : [whole];
}

function isLeftOut({ text }: Line, { plain, dense }: Choice): boolean {
  return (plain && /^\s*(?:\/\/|\/\*.*\*\/\s*$)/.test(text)) || (dense && text === '');
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
