/** A range of lines, counted from 0; `to` is exclusive. */
export interface LineRange {
  from: number;
  to: number;
}

/** What a file is written in, which decides where a part of it ends. */
export type Language = 'typescript' | 'yaml';

/**
 * Finds a part of a file by its name, in formatted code: a declaration (`getReviews`, `sdk`, `OurTracestate`), a
 * method, or a statement by its beginning (`register`, `sdk.start`). `name/other` is the part `other` within the part
 * `name`; `name{}` is only the first and last line of a part. In YAML, a part is a key with its value. Returns the line
 * ranges, or undefined if there is no such part.
 */
export function findRegion(
  lines: readonly string[],
  words: string,
  language: Language = 'typescript',
): LineRange[] | undefined {
  const isFrame = words.endsWith('{}');
  const names = (isFrame ? words.slice(0, -2) : words).split('/');
  let part: LineRange = { from: 0, to: lines.length };
  for (const name of names) {
    const within = lines.slice(part.from, part.to);
    const at = name === '' ? -1 : within.findIndex((line) => beginsWith(line, name));
    if (at < 0) return undefined;
    part = { from: part.from + at, to: part.from + ends[language](within, at) };
  }
  const { from, to } = part;
  return isFrame
    ? [
        { from, to: from + 1 },
        { from: to - 1, to },
      ]
    : [part];
}

const DECLARATION =
  /^(?:export )?(?:default )?(?:async )?(?:function\*?|class|const|let|type|interface) ([\w$]+)/;
const METHOD = /^(?:(?:override|async|static|public|private) )*([\w$#]+)(?:<.*>)?\(.*\{$/;

function beginsWith(line: string, name: string): boolean {
  const code = line.trimStart();
  const declared = (DECLARATION.exec(code) ?? METHOD.exec(code))?.[1];
  return declared === name || (code.startsWith(name) && /^\W/.test(code.slice(name.length)));
}

/** Where a part that begins at a line ends. */
const ends: Record<Language, (lines: readonly string[], from: number) => number> = {
  typescript: endOfStatement,
  yaml: endOfValue,
};

/** A multi-line statement ends at the next closing bracket with the same indent as its first line. */
function endOfStatement(lines: readonly string[], from: number): number {
  if (/[;}]\s*(?:\/\/.*)?$/.test(lines[from]!)) return from + 1;
  const indent = /^ */.exec(lines[from]!)![0];
  for (let at = from + 1; at < lines.length; at++) {
    if (lines[at]!.startsWith(indent) && /^[\])}]/.test(lines[at]!.slice(indent.length))) return at + 1;
  }
  return lines.length;
}

/** A value ends before the next line that isn't indented further. */
function endOfValue(lines: readonly string[], from: number): number {
  const indentOf = (line: string) => (line === '' ? Infinity : line.search(/\S/));
  const after = lines.findIndex((line, at) => at > from && indentOf(line) <= indentOf(lines[from]!));
  return after < 0 ? lines.length : after;
}
