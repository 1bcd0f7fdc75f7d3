/** A range of lines, from the first to the one behind the last, counted from 0. */
export interface Range {
  from: number;
  to: number;
}

/**
 * Finds a part of a file by its name, in code as the formatter leaves it: a declaration (`getReviews`, `sdk`,
 * `OurTracestate`), a method, or a statement by how it begins (`register`, `sdk.start`). `name:2-5` gives the second to
 * the fifth line of it. Undefined where the file has no such part.
 */
export function findRegion(lines: readonly string[], words: string): Range | undefined {
  const [, name, first, last] = /^(.+?)(?::(\d+)-(\d+))?$/.exec(words) ?? [];
  if (!name) return undefined;
  const from = lines.findIndex((line) => beginsWith(line, name));
  if (from < 0) return undefined;
  const to = endOf(lines, from);
  if (!first || !last) return { from, to };

  const part = { from: from + Number(first) - 1, to: from + Number(last) };
  return part.from >= from && part.from < part.to && part.to <= to ? part : undefined;
}

const DECLARATION =
  /^(?:export )?(?:default )?(?:async )?(?:function\*?|class|const|let|type|interface) ([\w$]+)/;
const METHOD = /^(?:(?:override|async|static|public|private) )*([\w$#]+)(?:<.*>)?\(.*\{$/;

function beginsWith(line: string, name: string): boolean {
  const code = line.trimStart();
  const declared = (DECLARATION.exec(code) ?? METHOD.exec(code))?.[1];
  return declared === name || (code.startsWith(name) && /^\W/.test(code.slice(name.length)));
}

/** A statement of several lines ends with the next line that is indented as deep as its first one. */
function endOf(lines: readonly string[], from: number): number {
  if (/[;}]\s*(?:\/\/.*)?$/.test(lines[from]!)) return from + 1;
  const indent = /^ */.exec(lines[from]!)![0];
  for (let at = from + 1; at < lines.length; at++) {
    if (lines[at]!.startsWith(indent) && /^[\])}]/.test(lines[at]!.slice(indent.length))) return at + 1;
  }
  return lines.length;
}
