import type { AttributeValue } from '../../trace/model.ts';
import type { WireReader } from '../otlp/wire.ts';

/** How many places the first table has; a power of 2. */
const FIRST_SIZE = 1 << 12;

/**
 * Numbers values, so that each is kept once. Texts are recognised by their bytes before they become text: of a large
 * trace nearly all have come before. A hash table with open addressing over FNV-1a.
 */
export class Values {
  /** The values by their numbers. */
  readonly all: AttributeValue[] = [];
  readonly #others = new Map<AttributeValue, number>();
  /** The numbers of texts by hash, plus 1; 0 for a free place. */
  #table = new Uint32Array(FIRST_SIZE);
  /** The hashes of the texts by their numbers; of what is no text 0. */
  readonly #hashes: number[] = [];
  #count = 0;

  /** Reads the value of a field that holds text, and gives its number. */
  readText(reader: WireReader): number {
    const to = reader.fieldEnd();
    const from = reader.at;
    reader.at = to;
    return this.#ofBytes(reader.bytes, from, to);
  }

  /** The number of a value. */
  of(value: AttributeValue): number {
    if (typeof value === 'string') {
      const bytes = Buffer.from(value);
      return this.#ofBytes(bytes, 0, bytes.length);
    }
    let number = this.#others.get(value);
    if (number === undefined) {
      this.#others.set(value, (number = this.all.push(value) - 1));
      this.#hashes.push(0);
    }
    return number;
  }

  #ofBytes(bytes: Buffer, from: number, to: number): number {
    let hash = 0x811c9dc5;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.#table.length - 1;
    let place = hash & mask;
    for (let entry = this.#table[place]!; entry !== 0; entry = this.#table[place]!) {
      if (this.#hashes[entry - 1] === hash && isText(this.all[entry - 1] as string, bytes, from, to))
        return entry - 1;
      place = (place + 1) & mask;
    }
    const number = this.all.push(bytes.toString('utf8', from, to)) - 1;
    this.#hashes.push(hash);
    this.#table[place] = number + 1;
    if (++this.#count * 2 > this.#table.length) this.#grow();
    return number;
  }

  #grow(): void {
    const table = new Uint32Array(this.#table.length * 2);
    const mask = table.length - 1;
    for (const entry of this.#table) {
      if (entry === 0) continue;
      let place = this.#hashes[entry - 1]! & mask;
      while (table[place] !== 0) place = (place + 1) & mask;
      table[place] = entry;
    }
    this.#table = table;
  }
}

/** Whether bytes are this text in UTF-8. */
function isText(text: string, bytes: Buffer, from: number, to: number): boolean {
  if (text.length !== to - from) return bytes.toString('utf8', from, to) === text;
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    if (byte >= 0x80) return bytes.toString('utf8', from, to) === text;
    if (byte !== text.charCodeAt(at - from)) return false;
  }
  return true;
}
