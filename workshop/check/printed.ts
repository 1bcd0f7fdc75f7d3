/** Finds out from what a program printed why it failed, and where. */
import { parsedObject } from '../net/parsed.ts';

export interface PrintedError {
  /** The message of the error with its name: `TypeError: x is not a function`. */
  message: string;
  /** A line in a file of the folder that is checked: `bands-api/app.ts:12`. Missing if the error names none. */
  place?: string;
  /** The lines that show the error, without the stack frames of other people's code. */
  lines: string[];
}

const SHOWN_LINES = 8;
const LEVEL_ERROR = 50; // pino's; Fastify logs an error of the caller, status 4xx, with a lower level
const noise = /^\s*$|^\s+at .*(node:|node_modules)|^Node\.js v|triggerUncaughtException|^\s*\^\s*$|^node:/;
const message = /^\s*(?:Uncaught )?(\w*Error)(?: \[\w+\])?: (.+)/;
const syntaxError = /:\d+:\d+: ERROR: (.+)/;

/** The error that ended a program: the last one that it printed; if there is none, the last one that it logged. */
export function errorOfEnd(lines: string[], folder: string): PrintedError | undefined {
  return lastPrinted(lines, folder) ?? lastLogged(lines, folder);
}

/** The error that made a service respond to a request for this path with an error; undefined if it logged none. */
export function errorOfResponse(lines: string[], path: string, folder: string): PrintedError | undefined {
  const ofOthers = new Set(
    lines.map(logged).flatMap((line) => (line?.req && line.req.url !== path ? [line.reqId] : [])),
  );
  const own = lines.filter((line) => !ofOthers.has(logged(line)?.reqId));
  return lastLogged(own, folder) ?? lastPrinted(own, folder);
}

/** The last error that a service logged whose place is in this file; undefined if there is none. */
export function errorInFile(lines: string[], folder: string, file: string): PrintedError | undefined {
  const error = lastLogged(
    lines.filter((line) => line.includes(file)),
    folder,
  );
  return error?.place?.startsWith(file) ? error : undefined;
}

/** The last lines that help explain an error. */
export function shownLines(lines: string[]): string[] {
  return lines.filter((line) => !noise.test(line)).slice(-SHOWN_LINES);
}

/** The first place in a file of the folder that the lines contain. Stacks have plain paths or file: URLs. */
function placeIn(lines: string[], folder: string): string | undefined {
  const inFolder = `${folder.replaceAll('\\', '/')}/`;
  for (const line of lines) {
    const path = line.replaceAll('\\', '/');
    // "Cannot find module X imported from Y": the mistake is in Y.
    const importer = / imported from (.+)$/.exec(path)?.[1];
    if (importer?.startsWith(inFolder)) return importer.slice(inFolder.length);
    const start = path.indexOf(inFolder);
    if (start < 0) continue;
    const rest = path.slice(start + inFolder.length);
    const place = /^(?!node_modules)([\w./-]+?\.[cm]?[jt]s)(?::(\d+))?/.exec(rest);
    if (place) return place[2] ? `${place[1]}:${place[2]}` : place[1];
  }
  return undefined;
}

/** The last error in lines of plain text. */
function lastPrinted(lines: string[], folder: string): PrintedError | undefined {
  const text = lines.filter((line) => !logged(line));
  const outermost = text.findLastIndex((line) => message.test(line) && !/^\s/.test(line));
  return errorAt(outermost < 0 ? text.findLastIndex((line) => message.test(line)) : outermost, text, folder);
}

/** The last error in the lines of a JSON log. */
function lastLogged(lines: string[], folder: string): PrintedError | undefined {
  const errors = lines.map(logged).filter((line) => line?.err?.stack && !(Number(line.level) < LEVEL_ERROR));
  const stack = errors.at(-1)?.err!.stack!.split('\n') ?? [];
  return errorAt(
    stack.findIndex((line) => message.test(line)),
    stack,
    folder,
  );
}

/** The error that starts at this index of the text; undefined if the index is -1. */
function errorAt(index: number, text: string[], folder: string): PrintedError | undefined {
  if (index < 0) return undefined;
  const [, name, words] = message.exec(text[index]!)!;
  const below = text.slice(index);
  const syntax = below.map((line) => syntaxError.exec(line)?.[1]).find(Boolean);
  // If the stack has no frame in the folder, Node.js prints the place above the error.
  const place = placeIn(below, folder) ?? placeIn(text.slice(0, index).toReversed(), folder);
  return {
    message: syntax ? `SyntaxError: ${syntax}` : `${name}: ${words!.replaceAll(folder, '').trim()}`,
    ...(place && { place }),
    lines: shownLines(text),
  };
}

/** A line of Fastify's logger, which is pino; undefined if it is plain text. */
function logged(line: string) {
  return parsedObject(line) as
    | {
        level?: number | string;
        reqId?: string;
        req?: { url?: string };
        err?: { stack?: string };
      }
    | undefined;
}
