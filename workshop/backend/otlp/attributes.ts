/** Looks for an attribute in encoded messages, without decoding what is not wanted. */
import { WireReader } from './wire.ts';

/** An attribute that is looked for, by its key and its value as text, both in UTF-8. */
export interface WantedAttribute {
  key: Buffer;
  text: Buffer;
}

/** Which fields of a message are attributes, and which are messages that have some. */
export interface AttributeFields {
  [field: number]: 'attributes' | AttributeFields;
}

export const resourceAttributes: AttributeFields = { 1: 'attributes' };
export const scopeAttributes: AttributeFields = { 3: 'attributes' };
/** Those of a span, its events and its links. */
export const spanAttributes: AttributeFields = {
  9: 'attributes',
  11: { 3: 'attributes' },
  13: { 4: 'attributes' },
};

/**
 * Whether a message may have an attribute. False is certain; true may also mean that the attribute is no text, which
 * only decoding can compare.
 */
export function mayHaveAttribute(message: Buffer, fields: AttributeFields, wanted: WantedAttribute): boolean {
  return mayHave(new WireReader(message), fields, wanted);
}

function mayHave(reader: WireReader, fields: AttributeFields, wanted: WantedAttribute): boolean {
  const messageEnd = reader.end;
  while (reader.at < messageEnd) {
    const tag = reader.tag();
    const field = fields[tag >>> 3];
    if (field === undefined) {
      reader.skip(tag & 7);
      continue;
    }
    const fieldEnd = reader.fieldEnd();
    reader.end = fieldEnd;
    const found = field === 'attributes' ? mayBe(reader, wanted) : mayHave(reader, field, wanted);
    reader.at = fieldEnd;
    reader.end = messageEnd;
    if (found) return true;
  }
  return false;
}

/** Whether a KeyValue may be the attribute. */
function mayBe(reader: WireReader, { key, text }: WantedAttribute): boolean {
  let hasKey = key.length === 0;
  let hasValue = text.length === 0;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag >>> 3 === 1) hasKey = nextIs(reader, key);
    else if (tag >>> 3 === 2) {
      const valueEnd = reader.fieldEnd();
      const isText = reader.at < valueEnd && reader.tag() >>> 3 === 1;
      hasValue = !isText || nextIs(reader, text) || reader.at < valueEnd;
      reader.at = valueEnd;
    } else reader.skip(tag & 7);
  }
  return hasKey && hasValue;
}

/** Reads a field of bytes, and says whether those are the expected ones. */
function nextIs(reader: WireReader, expected: Buffer): boolean {
  const end = reader.fieldEnd();
  const { at } = reader;
  reader.at = end;
  if (end - at !== expected.length) return false;
  for (let index = 0; index < expected.length; index++)
    if (reader.bytes[at + index] !== expected[index]) return false;
  return true;
}
