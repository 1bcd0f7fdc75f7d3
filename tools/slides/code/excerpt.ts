import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diffArrays } from 'diff';
import { UserError } from '../../../workshop/errors.ts';
import type { Step } from '../../../workshop/course/list.ts';
import { highlightLines } from './highlight.ts';
import { findRegion, type Language, type LineRange } from './region.ts';

/** A line of a step's file, or a mark for omitted lines. */
export interface Line {
  kind: 'same' | 'added' | 'removed' | 'cut';
  text: string;
  html: string;
  /** Its line number, from 1; 0 for a cut. */
  number: number;
}

/** Which lines of a file to show. */
export interface Choice {
  /** The file within the step. */
  path: string;
  /** Names of parts, as in `findRegion`; empty for the whole file. */
  regions: string[];
  /** Leaves out lines with only a comment. */
  plain: boolean;
  /** Leaves out blank lines. */
  dense: boolean;
}

/**
 * Parts of a step's file, in the order of the file, with a cut between them for omitted lines.
 * @throws UserError if the file or a part doesn't exist, or the brackets of the parts are unbalanced
 */
export async function excerpt(step: Step, choice: Choice): Promise<Line[]> {
  const { lines, html } = await requireFile(step, choice.path);
  const parts = partsOf(choice, { from: 0, to: lines.length }, (words) => {
    const ranges = findRegion(lines, words, languageOf(choice.path));
    if (!ranges) throw missing(words, step, choice.path);
    return ranges;
  });
  const all = lines.map((text, at): Line => ({ kind: 'same', text, html: html[at]!, number: at + 1 }));
  const isShown = all.map((line, at) => !isLeftOut(line, choice) && parts.some((part) => isIn(part, at)));
  const shown = tidy(withCuts(all, isShown, choice));
  if (hasUnbalancedBrackets(shown)) {
    throw new UserError(
      `The brackets of ${choice.regions.join(', ')} in ${step.name}/${choice.path} are unbalanced.`,
    );
  }
  return shown;
}

/**
 * The difference between two steps in a file, as lines before and after: `context` lines around each change are kept,
 * with a cut between them for omitted lines.
 * @throws UserError if the later step doesn't have the file, neither step has a named part, there is no difference, or
 *   the brackets of the shown lines are unbalanced
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
    const language = languageOf(choice.path);
    const old = findRegion(before.lines, words, language) ?? [];
    const now = findRegion(after.lines, words, language) ?? [];
    if (old.length + now.length === 0) throw missing(words, to, choice.path);
    return [...old.map((range) => ({ before: range })), ...now.map((range) => ({ after: range }))];
  });
  const all = diffLines(before, after);
  const isChosen = all.map(
    ({ line, beforeAt, afterAt }) =>
      !isLeftOut(line, choice) &&
      parts.some(
        (part: { before?: LineRange; after?: LineRange }) =>
          (line.kind !== 'removed' && isIn(part.after, afterAt)) ||
          (line.kind !== 'added' && isIn(part.before, beforeAt)),
      ),
  );
  const lines = all.map(({ line }) => line);
  const isShown = nearChanges(lines, isChosen, choice.context);
  if (!isShown.includes(true)) {
    throw new UserError(`This part of ${to.name}/${choice.path} is the same in ${from.name}.`);
  }

  const shown = withCuts(lines, isShown, choice);
  const numbersBefore = new Map(all.map(({ line, beforeAt }) => [line, beforeAt + 1]));
  const numberedBefore = shown.map((line) => ({ ...line, number: numbersBefore.get(line) ?? 0 }));
  const states = {
    before: tidy(numberedBefore.filter(({ kind }) => kind !== 'added')),
    after: tidy(shown.filter(({ kind }) => kind !== 'removed')),
  };
  for (const [name, state] of Object.entries(states)) {
    if (hasUnbalancedBrackets(state)) {
      throw new UserError(
        `The brackets of ${choice.regions.join(', ') || choice.path} in ${to.name} are unbalanced ${name} the change: show more lines with context.`,
      );
    }
  }
  return states;
}

/** The lines of a file, as text and highlighted. */
interface FileLines {
  lines: string[];
  html: string[];
}

const blank: Line = { kind: 'same', text: '', html: '', number: 0 };
const cut: Line = { kind: 'cut', text: '…', html: '…', number: 0 };

/** Every line of two files, with its actual or potential position in both. */
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

/** Which of the chosen lines are shown: the changed lines and `context` lines around each. */
function nearChanges(lines: readonly Line[], isChosen: readonly boolean[], context: number): boolean[] {
  const chosen = lines.flatMap((_, index) => (isChosen[index] ? [index] : []));
  const changed = chosen.flatMap((index, at) => (lines[index]!.kind === 'same' ? [] : [at]));
  const near = new Set(chosen.filter((_, at) => changed.some((each) => Math.abs(each - at) <= context)));
  return lines.map((_, index) => near.has(index));
}

/** The shown lines, with a cut in place of omitted code, and a blank line in place of omitted blank lines. */
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

/** Removes blank lines and cuts at the edges, and merges consecutive ones. */
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

/** Whether brackets are closed without being opened, or not closed. */
function hasUnbalancedBrackets(lines: readonly Line[]): boolean {
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

function languageOf(path: string): Language {
  return /\.ya?ml$/.test(path) ? 'yaml' : 'typescript';
}

function isIn(range: LineRange | undefined, at: number): boolean {
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
