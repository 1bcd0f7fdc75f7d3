/** Reads the fields of requests. Every function throws a Failure with INVALID_ARGUMENT. */
import { Failure } from './failure.ts';

const MAX_DEPTH = 1_000;
const DEFAULT_DEPTH = 20;
const LONGEST = 200; // characters of a name

/** Reads a trace id of 32 hex digits in any case. Gives lowercase digits. */
export function readTraceId(text: string): string {
  if (/^[\da-f]{32}$/i.test(text) && !/^0+$/.test(text)) return text.toLowerCase();
  throw invalid(`"${text.slice(0, 40)}" is not a trace id: it needs 32 hex digits.`);
}

/** Reads a name that must not be empty, such as that of a service. */
export function readName(field: string, text: string): string {
  if (text === '') throw invalid(`${field} is missing.`);
  return readOptionalName(field, text);
}

/** Reads a name that may be empty. */
export function readOptionalName(field: string, text: string): string {
  if (text.length > LONGEST) throw invalid(`${field} has more than ${LONGEST} characters.`);
  return text;
}

/** Reads a time or a duration in ns as µs, rounded down; undefined if it is 0. */
export function readNs(field: string, text: string): number | undefined {
  const ns = BigInt(text);
  if (ns < 0n) throw invalid(`${field} is negative.`);
  return ns === 0n ? undefined : Number(ns / 1_000n);
}

/** Reads the maximum number of traces. */
export function readDepth(depth: number): number {
  if (depth < 0 || depth > MAX_DEPTH) throw invalid(`search_depth must be between 1 and ${MAX_DEPTH}.`);
  return depth || DEFAULT_DEPTH;
}

export type Pair = readonly [key: string, value: string];

/** Reads pairs such as key=value; a value may contain another =. */
export function readPairs(field: string, texts: readonly string[]): Pair[] {
  return texts.map((text) => {
    const at = text.indexOf('=');
    if (at <= 0) throw invalid(`"${text.slice(0, 40)}" in ${field} is not of the form key=value.`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
}

/** The failure of a request that makes no sense. */
export function invalid(message: string): Failure {
  return new Failure('INVALID_ARGUMENT', message);
}
