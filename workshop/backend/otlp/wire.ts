/** Reads the protobuf wire format (protobuf.dev, "Encoding") where it lies, without making objects of it. */

/** Bytes that are no message of the layout they are read with. The message says what and where. */
export class MalformedError extends Error {}

/**
 * What is known of a message: by field number its wire type and, if it is a message itself, that one's layout.
 * `size` is the only length in bytes, other than none, that the field may have. Fields that are missing are passed over.
 */
export interface Layout {
  name: string;
  fields: (Field | undefined)[];
}

export interface Field {
  wireType: number;
  message?: Layout;
  size?: number;
}

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;
const GROUP = 3;
const GROUP_END = 4;

/** How deep messages may lie in each other: protobuf's own default, so that no input can exhaust the stack. */
const MAX_DEPTH = 100;

/** A place in a message. The methods read on from there, and none goes past `end`. */
export class WireReader {
  readonly bytes: Buffer;
  at: number;
  end: number;

  constructor(bytes: Buffer, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** Reads a varint: a tag, a length or an enum. From 2^53 on only the magnitude is right, which is enough to refuse it. */
  varint(): number {
    const { bytes } = this;
    const first = this.at < this.end ? bytes[this.at++]! : this.#truncated();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let factor = 2 ** 7; factor < 2 ** 70; factor *= 2 ** 7) {
      const byte = this.at < this.end ? bytes[this.at++]! : this.#truncated();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new MalformedError(`the number at byte ${this.at} has more than 10 bytes`);
  }

  /** Reads the number and the wire type of a field, packed into one number as (number << 3) | type. */
  tag(): number {
    const tag = this.varint();
    if (tag >= 8 && tag < 2 ** 32) return tag;
    throw new MalformedError(`the field at byte ${this.at} has a number that fields cannot have`);
  }

  /** Reads the length of a field and gives where the field ends; `at` is then where it begins. */
  fieldEnd(): number {
    const end = this.varint() + this.at;
    return end <= this.end ? end : this.#truncated();
  }

  /** The bytes of a field, as a view. */
  value(): Buffer {
    const end = this.fieldEnd();
    const value = this.bytes.subarray(this.at, end);
    this.at = end;
    return value;
  }

  /** Reads an unsigned fixed64. */
  fixed64(): bigint {
    this.#advance(8);
    return this.bytes.readBigUInt64LE(this.at - 8);
  }

  double(): number {
    this.#advance(8);
    return this.bytes.readDoubleLE(this.at - 8);
  }

  /** Reads an int64, which is a varint of its two's complement. */
  int64(): bigint {
    const { at } = this;
    const value = this.varint();
    if (value <= Number.MAX_SAFE_INTEGER) return BigInt(value);
    let bits = 0n;
    for (let index = this.at - 1; index >= at; index--)
      bits = (bits << 7n) | BigInt(this.bytes[index]! & 0x7f);
    return BigInt.asIntN(64, bits);
  }

  /** Passes over the value of a field. */
  skip(wireType: number, depth = 0): void {
    if (wireType === VARINT) this.varint();
    else if (wireType === BYTES) this.at = this.fieldEnd();
    else if (wireType === FIXED64) this.#advance(8);
    else if (wireType === FIXED32) this.#advance(4);
    else if (wireType === GROUP) this.#skipGroup(depth);
    else throw new MalformedError(`the field at byte ${this.at} has the unknown wire type ${wireType}`);
  }

  /**
   * Reads a whole message to its end, in it all that it contains.
   * @throws MalformedError
   */
  check(layout: Layout, depth = 0): void {
    if (depth > MAX_DEPTH) throw new MalformedError(`messages lie more than ${MAX_DEPTH} deep in each other`);
    const messageEnd = this.end;
    while (this.at < messageEnd) {
      const tag = this.tag();
      const wireType = tag & 7;
      const field = layout.fields[tag >>> 3];
      if (field === undefined) {
        this.skip(wireType, depth);
        continue;
      }
      if (field.wireType !== wireType) {
        throw new MalformedError(
          `field ${tag >>> 3} of ${layout.name} has wire type ${wireType}, not ${field.wireType}`,
        );
      }
      if (wireType !== BYTES) {
        this.skip(wireType);
        continue;
      }
      const fieldEnd = this.fieldEnd();
      if (field.message) {
        this.end = fieldEnd;
        this.check(field.message, depth + 1);
        this.end = messageEnd;
      } else if (field.size !== undefined && fieldEnd !== this.at && fieldEnd - this.at !== field.size) {
        const length = fieldEnd - this.at;
        throw new MalformedError(
          `field ${tag >>> 3} of ${layout.name} has ${length} bytes, not ${field.size}`,
        );
      }
      this.at = fieldEnd;
    }
  }

  #advance(count: number): void {
    this.at += count;
    if (this.at > this.end) this.#truncated();
  }

  #skipGroup(depth: number): void {
    if (depth > MAX_DEPTH) throw new MalformedError(`groups lie more than ${MAX_DEPTH} deep in each other`);
    for (;;) {
      const wireType = this.tag() & 7;
      if (wireType === GROUP_END) return;
      this.skip(wireType, depth + 1);
    }
  }

  #truncated(): never {
    throw new MalformedError(`the message ends in the middle of a field, at byte ${this.end}`);
  }
}
