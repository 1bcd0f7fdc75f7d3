/**
 * Reads OTLP in JSON (OTLP specification, "JSON Protobuf Encoding"), which follows proto3's JSON mapping (protobuf.dev,
 * "ProtoJSON Format"): fields by their lowerCamelCase or original name, enums by number or name, 64-bit integers as
 * strings or numbers, null for a missing field; ids in hex, other bytes in base64. Fields that aren't in otlp.proto are
 * skipped.
 */
import protobuf, { type Enum, type Field, type Type } from 'protobufjs';
import { grouped } from '../../trace/numbers.ts';
import { idBytes, logSignal, MAX_DEPTH, type Signal, traceSignal } from './messages.ts';

/** The JSON is not an OTLP request. The message says what is wrong and where. */
export class JsonError extends Error {}

const [QUOTE, BACKSLASH, COMMA] = Buffer.from('"\\,');
const [BRACE, BRACKET, CLOSING_BRACE, CLOSING_BRACKET] = Buffer.from('{[}]');

/**
 * The maximum number of objects, lists, and fields in a request, which is about 16,000 spans. Each takes many times the
 * memory that it takes in JSON, so that the largest message full of them would crash the process.
 */
const MAX_VALUES = 1_000_000;

/**
 * Reads a request in JSON. Returns it in protobuf, and the first unknown field above the level of the items.
 * @throws JsonError
 */
export function requestFromJson({ request: type, itemName }: Signal, body: Buffer) {
  requireReadable(body, itemName);
  let json: unknown;
  try {
    json = JSON.parse(body.toString().replaceAll(longInteger, '$1"$2"'));
  } catch (error) {
    throw new JsonError(`the body is not JSON (${(error as Error).message})`);
  }
  const request = readMessage(type, json, 'the body', 0);
  return {
    message: Buffer.from(type.encode(request).finish()),
    unknown: unknownIn(json, type, unknownDepth),
  };
}

/** How deep objects and lists may be nested, even in unknown fields: a message takes at most two levels. */
const MAX_BRACKETS = 2 * MAX_DEPTH;

/** Counts the characters that open, close, and separate values outside strings. */
function requireReadable(body: Buffer, itemName: string): void {
  let count = 0;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (byte === QUOTE) inString = !inString;
    else if (byte === BACKSLASH) at++;
    else if (inString) continue;
    else if (byte === COMMA) count++;
    else if (byte === BRACE || byte === BRACKET) {
      count++;
      if (++depth > MAX_BRACKETS)
        throw new JsonError(`objects and lists are nested more than ${MAX_BRACKETS} levels deep`);
    } else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) depth--;
  }
  if (count > MAX_VALUES) {
    throw new JsonError(
      `it has more than ${grouped(MAX_VALUES)} objects, lists, and fields: send fewer ${itemName}s at a time`,
    );
  }
}

/** The names of a field in proto3. */
function namesOf({ name }: Field): [camelCase: string, original: string] {
  return [name, name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}

/** The value of a field in a JSON object; undefined if it is missing or null. */
function valueIn(json: object, field: Field): unknown {
  for (const name of namesOf(field)) {
    const value: unknown = Object.hasOwn(json, name) ? (json as Record<string, unknown>)[name] : undefined;
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** Reads a message: `path` says where it is, `depth` how many messages contain it. */
function readMessage(type: Type, json: unknown, path: string, depth: number): object {
  if (depth > MAX_DEPTH) throw new JsonError(`messages are nested more than ${MAX_DEPTH} levels deep`);
  if (!isObject(json)) throw wrong(path, 'an object', json);
  const message: Record<string, unknown> = {};
  for (const field of type.fieldsArray) {
    const value = valueIn(json, field);
    if (value === undefined) continue;
    const place = `${path}.${field.name}`;
    if (!field.repeated) message[field.name] = readValue(field, value, place, depth + 1);
    else if (!Array.isArray(value)) throw wrong(place, 'a list', value);
    else
      message[field.name] = value.map((item, index) =>
        readValue(field, item, `${place}[${index}]`, depth + 1),
      );
  }
  return message;
}

function readValue(field: Field, json: unknown, path: string, depth: number): unknown {
  if (field.resolvedType instanceof protobuf.Type) return readMessage(field.resolvedType, json, path, depth);
  const { wanted, read } = formOf(field);
  const value = read(json);
  if (value === undefined) throw wrong(path, wanted, json);
  return value;
}

/** What a value must be, in words, and what it means in protobuf: undefined if it is anything else. */
interface Form {
  wanted: string;
  read: (json: unknown) => unknown;
}

function formOf({ name, type, resolvedType }: Field): Form {
  if (resolvedType instanceof protobuf.Enum) return enumForm(resolvedType);
  const form = type === 'bytes' && name in idBytes ? idForm(idBytes[name]!) : forms[type];
  if (!form) throw new Error(`otlp.proto has a field of type ${type}, which json.ts cannot read.`);
  return form;
}

const forms: Record<string, Form> = {
  string: { wanted: 'a string', read: (json) => (typeof json === 'string' ? json : undefined) },
  bool: { wanted: 'true or false', read: (json) => (typeof json === 'boolean' ? json : undefined) },
  double: { wanted: 'a number', read: double },
  int64: integerForm('a 64-bit integer', -(2n ** 63n), 2n ** 63n - 1n),
  fixed64: integerForm('a 64-bit integer of at least 0', 0n, 2n ** 64n - 1n),
  uint32: integerForm('a 32-bit integer of at least 0', 0n, 2n ** 32n - 1n),
  bytes: {
    wanted: 'base64',
    read: (json) =>
      typeof json === 'string' && /^[\w+/-]*={0,2}$/.test(json) ? Buffer.from(json, 'base64') : undefined,
  },
};

/** ProtoJSON writes doubles as strings if JSON can't represent them, and accepts strings for all doubles. */
function double(json: unknown): number | undefined {
  if (typeof json === 'number') return json;
  if (json === 'NaN' || json === 'Infinity' || json === '-Infinity') return Number(json);
  const isNumber = typeof json === 'string' && json.trim() !== '' && Number.isFinite(Number(json));
  return isNumber ? Number(json) : undefined;
}

function integerForm(wanted: string, from: bigint, to: bigint): Form {
  const read = (json: unknown) => {
    const isWhole = typeof json === 'string' ? /^-?\d{1,20}$/.test(json) : Number.isInteger(json);
    const value = isWhole ? BigInt(json as string | number) : undefined;
    return value !== undefined && value >= from && value <= to ? String(value) : undefined;
  };
  return { wanted, read };
}

function enumForm({ values }: Enum): Form {
  const read = (json: unknown) => {
    if (typeof json === 'string') return Object.hasOwn(values, json) ? values[json] : undefined;
    return Number.isInteger(json) && Math.abs(json as number) < 2 ** 31 ? json : undefined;
  };
  return { wanted: 'a whole number or the name of an enum value', read };
}

/** An empty id counts as missing. */
function idForm(size: number): Form {
  const read = (json: unknown) => {
    const isId = typeof json === 'string' && /^[\da-f]*$/i.test(json);
    return isId && (json === '' || json.length === 2 * size) ? Buffer.from(json, 'hex') : undefined;
  };
  return { wanted: `${2 * size} hex digits`, read };
}

/** How many levels of messages are above the items. */
const unknownDepth = 3;

/** The first unknown field of a message or of the messages in it, in quotes; empty if there is none. */
function unknownIn(json: unknown, type: Type, levels: number): string {
  if (!isObject(json) || levels === 0) return '';
  const known = new Set(type.fieldsArray.flatMap(namesOf));
  const unknown = Object.keys(json).find((name) => !known.has(name));
  if (unknown !== undefined) return JSON.stringify(unknown.slice(0, 60));
  for (const field of type.fieldsArray) {
    if (!(field.resolvedType instanceof protobuf.Type)) continue;
    for (const item of [valueIn(json, field)].flat()) {
      const within = unknownIn(item, field.resolvedType, levels - 1);
      if (within) return within;
    }
  }
  return '';
}

function isObject(json: unknown): json is object {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function wrong(path: string, wanted: string, json: unknown): JsonError {
  return new JsonError(`${path} must be ${wanted}, not ${inShort(json)}`);
}

/** Some JSON in a few characters. Lists and objects are not written out, because they may be nested deeply. */
function inShort(json: unknown): string {
  if (Array.isArray(json)) return json.length === 0 ? '[]' : 'a list';
  if (isObject(json)) return Object.keys(json).length === 0 ? '{}' : 'an object';
  const text = JSON.stringify(json);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/**
 * Matches 64-bit integers that JSON.parse would round, with the name of their field: a time in ns has 19 digits. Nothing
 * inside a string matches, because the quotes around the name would be escaped there.
 */
const longInteger = new RegExp(
  `("(?:${[traceSignal, logSignal].flatMap(({ request }) => longFields(request)).join('|')})"\\s*:\\s*)(-?\\d{16,20})(?=\\s*[,}])`,
  'g',
);

/** All names of fields that are 64-bit integers. */
function longFields(type: Type, seen = new Set<Type>()): string[] {
  if (seen.has(type)) return [];
  seen.add(type);
  return type.fieldsArray.flatMap((field) => {
    if (field.resolvedType instanceof protobuf.Type) return longFields(field.resolvedType, seen);
    return field.type === 'int64' || field.type === 'fixed64' ? namesOf(field) : [];
  });
}
