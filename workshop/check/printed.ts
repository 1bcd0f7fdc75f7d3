/** Finds in what a program printed why it failed, and where. */

/** A place in a file of the folder that is checked, as in `bands-api/app.ts:12`. */
export type Place = string;

export interface PrintedError {
  /** The error's message with its name, as in `TypeError: x is not a function`. */
  message: string;
  /** Missing if no file of the folder is named. */
  place?: Place;
  /** The lines that say it, without those that lead through other people's code. */
  lines: string[];
}

const SHOWN_LINES = 8;
const noise = /^\s*$|^\s+at .*(node:|node_modules)|^Node\.js v|triggerUncaughtException|^\s*\^\s*$|^node:/;
const message = /^\s*(?:Uncaught )?(\w*Error)(?: \[\w+\])?: (.+)/;
const syntaxError = /:\d+:\d+: ERROR: (.+)/;

/** The first error among the lines; undefined if there is none. */
export function printedError(lines: string[], folder: string): PrintedError | undefined {
  const text = lines.flatMap(unpacked);
  const first = text.findIndex((line) => message.test(line));
  if (first < 0) return undefined;

  const [, name, words] = message.exec(text[first]!)!;
  const syntax = text.slice(first).map((line) => syntaxError.exec(line)?.[1]);
  const spoken = syntax.find(Boolean);
  const place = placeIn(text.slice(first), folder) ?? placeIn(text, folder);
  return {
    message: spoken ? `SyntaxError: ${spoken}` : `${name}: ${words!.replaceAll(folder, '').trim()}`,
    ...(place && { place }),
    lines: shownLines(text),
  };
}

/** The last lines that are worth showing. */
export function shownLines(lines: string[]): string[] {
  return lines.filter((line) => !noise.test(line)).slice(-SHOWN_LINES);
}

/** The first place in a file of the folder that the lines name. Stacks have plain paths or file: URLs. */
function placeIn(lines: string[], folder: string): Place | undefined {
  const inFolder = `${folder.replaceAll('\\', '/')}/`;
  for (const line of lines) {
    const path = line.replaceAll('\\', '/');
    const start = path.indexOf(inFolder);
    if (start < 0) continue;
    const rest = path.slice(start + inFolder.length);
    const place = /^(?!node_modules)([\w./-]+?\.[cm]?[jt]s)(?::(\d+))?/.exec(rest);
    // "Cannot find module X imported from Y": it is Y that has to be mended.
    const importer = / imported from (.+)$/.exec(path)?.[1];
    if (importer?.startsWith(inFolder) && !path.endsWith(rest)) return importer.slice(inFolder.length);
    if (place) return place[2] ? `${place[1]}:${place[2]}` : place[1];
  }
  return undefined;
}

/** An error within a line of a JSON log is what the line says, its stack line by line. */
function unpacked(line: string): string[] {
  if (!line.startsWith('{')) return [line];
  try {
    const { err } = JSON.parse(line) as { err?: { stack?: string } };
    return err?.stack ? err.stack.split('\n') : [];
  } catch {
    return [line];
  }
}
