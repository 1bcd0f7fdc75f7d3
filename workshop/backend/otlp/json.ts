/**
 * OTLP in JSON (OTLP specification, "JSON Protobuf Encoding"): ids are hex and other bytes base64, 64-bit integers
 * are text or numbers, enums are numbers; fields that are not known are passed over.
 */

import { grouped } from '../../trace/numbers.ts';

/** JSON that is no ExportTraceServiceRequest. The message says what and where. */
export class JsonError extends Error {}

type Json = Record<string, unknown>;
type Read<Result> = (json: unknown, path: string) => Result;

/** How deep values may lie in each other: in protobuf a level takes three messages, and a hundred of those are taken. */
const MAX_DEPTH = 30;

/**
 * The most objects and lists in one request, some 16,000 spans of it: each takes a hundred times the bytes in memory
 * that it takes in JSON, and the largest message full of them would end the process.
 */
const MAX_OBJECTS = 500_000;

/**
 * Reads a request as the object that `requestEncoder` encodes.
 * @throws JsonError
 */
export function requestFromJson(body: Buffer): object {
  requireFewObjects(body);
  let json: unknown;
  try {
    json = JSON.parse(withLongIntegersAsText(body.toString()));
  } catch (error) {
    throw new JsonError(`the body is no JSON (${(error as Error).message})`);
  }
  return request(json, 'the body');
}

const attributes = keyValues(0);

const event = object({ timeUnixNano: unsigned64, name: text, attributes });
const link = object({ traceId: id(16), spanId: id(8), traceState: text, attributes });
const status = object({ message: text, code: enumeration });
const span = object({
  traceId: id(16),
  spanId: id(8),
  traceState: text,
  parentSpanId: id(8),
  name: text,
  kind: enumeration,
  startTimeUnixNano: unsigned64,
  endTimeUnixNano: unsigned64,
  attributes,
  events: list(event),
  links: list(link),
  status,
});
const scope = object({ name: text, version: text, attributes });
const scopeSpans = object({ scope, spans: list(span) });
const resourceSpans = object({ resource: object({ attributes }), scopeSpans: list(scopeSpans) });
const request = object({ resourceSpans: list(resourceSpans) });

/**
 * Puts quotes around 64-bit integers that JSON.parse would round: a time in ns has 19 digits. What looks like such a
 * field is none within a string, because the quotes around the name would be escaped there.
 */
function withLongIntegersAsText(json: string): string {
  return json.replaceAll(
    /("(?:startTimeUnixNano|endTimeUnixNano|timeUnixNano|intValue)"\s*:\s*)(-?\d{16,20})(?=\s*[,}])/g,
    '$1"$2"',
  );
}

/** Counts the opening brackets, also those in texts, where there are few. */
function requireFewObjects(body: Buffer): void {
  let count = 0;
  for (const byte of body) if (byte === 0x7b || byte === 0x5b) count++;
  if (count > MAX_OBJECTS) {
    throw new JsonError(
      `it holds more than ${grouped(MAX_OBJECTS)} objects and lists: send fewer spans at once`,
    );
  }
}

function keyValues(depth: number): Read<Json[]> {
  return list(object({ key: text, value: (json, path) => anyValue(depth)(json, path) }));
}

/** The readers of values by how deep those lie, since an array or a map holds values again. */
const anyValues: Read<Json>[] = [];

function anyValue(depth: number): Read<Json> {
  if (depth > MAX_DEPTH) throw new JsonError(`values lie more than ${MAX_DEPTH} deep in each other`);
  return (anyValues[depth] ??= object({
    stringValue: text,
    boolValue: boolean,
    intValue: signed64,
    doubleValue: double,
    bytesValue: base64,
    arrayValue: object({ values: list((json, path) => anyValue(depth + 1)(json, path)) }),
    kvlistValue: object({ values: keyValues(depth + 1) }),
  }));
}

/** Reads the fields that are known and there; null counts as not there. */
function object(fields: Record<string, Read<unknown>>): Read<Json> {
  const known = Object.entries(fields);
  return (json, path) => {
    if (typeof json !== 'object' || json === null || Array.isArray(json))
      throw wrong(path, 'an object', json);
    const result: Json = {};
    for (const [name, read] of known) {
      const value = (json as Json)[name];
      if (value !== undefined && value !== null) result[name] = read(value, `${path}.${name}`);
    }
    return result;
  };
}

function list<Item>(read: Read<Item>): Read<Item[]> {
  return (json, path) => {
    if (!Array.isArray(json)) throw wrong(path, 'a list', json);
    return json.map((item, index) => read(item, `${path}[${index}]`));
  };
}

function text(json: unknown, path: string): string {
  if (typeof json === 'string') return json;
  throw wrong(path, 'text', json);
}

function boolean(json: unknown, path: string): boolean {
  if (typeof json === 'boolean') return json;
  throw wrong(path, 'true or false', json);
}

function enumeration(json: unknown, path: string): number {
  if (Number.isInteger(json) && Math.abs(json as number) < 2 ** 31) return json as number;
  throw wrong(path, 'a whole number', json);
}

/** protobuf's JSON writes the doubles that JSON has no word for as text. */
function double(json: unknown, path: string): number {
  if (typeof json === 'number') return json;
  if (json === 'NaN' || json === 'Infinity' || json === '-Infinity') return Number(json);
  if (typeof json === 'string' && json.trim() !== '' && Number.isFinite(Number(json))) return Number(json);
  throw wrong(path, 'a number', json);
}

function unsigned64(json: unknown, path: string): string {
  return integer(json, path, 0n, 2n ** 64n - 1n);
}

function signed64(json: unknown, path: string): string {
  return integer(json, path, -(2n ** 63n), 2n ** 63n - 1n);
}

function integer(json: unknown, path: string, from: bigint, to: bigint): string {
  const isWhole = typeof json === 'string' ? /^-?\d{1,20}$/.test(json) : Number.isInteger(json);
  const value = isWhole ? BigInt(json as string | number) : undefined;
  if (value !== undefined && value >= from && value <= to) return String(value);
  throw wrong(path, 'a 64-bit integer', json);
}

/** An id that is empty is none. */
function id(size: number): Read<Buffer> {
  return (json, path) => {
    const isId =
      typeof json === 'string' && (json === '' || (json.length === 2 * size && /^[\da-f]+$/i.test(json)));
    if (!isId) throw wrong(path, `${2 * size} digits of hex`, json);
    return Buffer.from(json, 'hex');
  };
}

function base64(json: unknown, path: string): Buffer {
  if (typeof json === 'string' && /^[\w+/-]*={0,2}$/.test(json)) return Buffer.from(json, 'base64');
  throw wrong(path, 'base64', json);
}

function wrong(path: string, wanted: string, json: unknown): JsonError {
  const found = JSON.stringify(json) ?? 'nothing';
  return new JsonError(
    `${path} must be ${wanted}, not ${found.length > 60 ? `${found.slice(0, 60)}…` : found}`,
  );
}
