/** Decodes protobuf with protobufjs, and reads the values of fields. */
import protobuf, { type Type } from 'protobufjs';
import type { MissingTimes } from '../../trace/model.ts';

/** A field of type bytes as `decode` returns it. For a missing field, protobufjs returns an empty list. */
export type Hex = string | never[];

/** A 64-bit integer as `decode` returns it, in two halves. */
export interface Fixed64 {
  high: number;
  low: number;
}

const NOTHING = new Uint8Array();

/** Decodes the message in some bytes. Fields of type bytes become hex, because nearly all of them are ids. */
export function decode(type: Type, bytes: Uint8Array): unknown {
  reader.buf = bytes; // one reader for all messages, because creating one takes longer than reading a span
  reader.pos = 0;
  reader.len = bytes.length;
  try {
    return type.decode(reader);
  } finally {
    reader.buf = NOTHING; // otherwise, it would keep a whole request in memory until the next one
  }
}

/** How many strings are remembered, a power of 2, and their maximum length in bytes. */
const REMEMBERED = 4_096;
const MAX_REMEMBERED_LENGTH = 64;

class OtlpReader extends protobuf.BufferReader {
  readonly #remembered: string[] = Array.from({ length: REMEMBERED }, () => '');

  override bytes(): never {
    const from = this.#skipField();
    return (this.buf as Buffer).toString('hex', from, this.pos) as never;
  }

  /** Spans contain the same strings again and again, and recognizing one takes less time than creating and hashing it. */
  override string(): string {
    const { buf } = this;
    const from = this.#skipField();
    const length = this.pos - from;
    if (length > MAX_REMEMBERED_LENGTH) return (buf as Buffer).toString('utf8', from, this.pos);
    const hash = length + 31 * (buf[this.pos - 1]! + 31 * (buf[this.pos - 2]! + 31 * buf[this.pos - 3]!));
    const place = (hash + 7 * buf[from]!) & (REMEMBERED - 1);
    const known = this.#remembered[place]!;
    if (known.length === length && isText(buf, from, known)) return known;
    return (this.#remembered[place] = (buf as Buffer).toString('utf8', from, this.pos));
  }

  /** Skips a field. Returns where its value begins; it ends at the new position of the reader. */
  #skipField(): number {
    const length = this.uint32();
    const from = this.pos;
    this.skip(length);
    return from;
  }
}

/** Whether bytes are a text of the same length; false if it contains characters that aren't ASCII. */
function isText(bytes: Uint8Array, from: number, text: string): boolean {
  for (let index = 0; index < text.length; index++)
    if (bytes[from + index] !== text.charCodeAt(index)) return false;
  return true;
}

const reader = new OtlpReader(Buffer.alloc(0));

/** An id in lowercase hex; empty if it is missing or all zeros. */
export function hexId(hex: Hex): string {
  return hex.length === 0 || (hex[0] === '0' && /^0+$/.test(String(hex))) ? '' : String(hex);
}

/** Converts ns to µs, rounded down. Divides each half on its own, because ns since 1970 need more than 53 bits. */
export function microseconds({ high, low }: Fixed64): number {
  const rest = (high >>> 0) % 1_000;
  return (((high >>> 0) - rest) / 1_000) * 2 ** 32 + Math.floor((rest * 2 ** 32 + (low >>> 0)) / 1_000);
}

/**
 * Reads the times of a span; a time of 0 is not set. `startUs` is in µs since 1970: the end if the start is missing, 0 if
 * both are. `durationNs` is exact up to 104 days: negative if the span ends before it starts, 0 if a time is missing.
 */
export function readTimes(start: Fixed64, end: Fixed64) {
  const [startUs, endUs] = [microseconds(start), microseconds(end)];
  const missing: MissingTimes = startUs > 0 ? 'end' : endUs > 0 ? 'start' : 'times';
  if (startUs === 0 || endUs === 0) return { startUs: startUs || endUs, durationNs: 0, missing };
  return { startUs, durationNs: nanosecondsBetween(start, end) };
}

/** The time between two times, in ns; exact up to 104 days. */
function nanosecondsBetween(start: Fixed64, end: Fixed64): number {
  return ((end.high >>> 0) - (start.high >>> 0)) * 2 ** 32 + (end.low >>> 0) - (start.low >>> 0);
}
