/** Splits an OTLP request into spans or log records, which stay encoded, each with the fields by which it is found. */
import protobuf, { type Reader, type Type } from 'protobufjs';
import { decode, type Fixed64, type Hex, hexId, microseconds, readTimes } from './decode.ts';
import {
  idBytes,
  logRecordHead,
  logSignal,
  MAX_DEPTH,
  type RequestParts,
  requestParts,
  type Signal,
  spanHead,
  traceSignal,
} from './messages.ts';
import { spanKinds } from '../../trace/model.ts';
import { grouped } from '../../trace/numbers.ts';

/** The bytes are not an OTLP request. The message says what is wrong and where. */
export class MalformedError extends Error {}

/** The items of one scope, with the encoded Resource and InstrumentationScope. */
export interface ArrivedGroup<Item> {
  resource: Uint8Array;
  scope: Uint8Array;
  items: Item[];
}

/** An encoded item, such as a Span. Its bytes are a part of its request. */
export interface ArrivedItem {
  bytes: Uint8Array;
  /** How many messages the item consists of: itself, its attributes, their values, and so on. */
  messages: number;
}

/** Ids are lowercase hex, empty if they are missing or all zeros. Times are in µs since 1970, truncated from ns. */
export interface ArrivedSpan extends ArrivedItem {
  traceId: string;
  spanId: string;
  parentId: string;
  name: string;
  /** An index into `spanKinds`; 0 for an unknown kind. */
  kind: number;
  /** The end if the start is missing; 0 if both are. */
  startUs: number;
  /** With a fraction, exact to the ns; 0 if the span ends before it starts, or a time is missing. */
  durationUs: number;
  error: boolean;
  /** Without those that lack an id. */
  links: { traceId: string; spanId: string }[];
}

/** The id and the time as in `ArrivedSpan`. */
export interface ArrivedLogRecord extends ArrivedItem {
  traceId: string;
  /** When it happened or, if its sender doesn't say, when it was observed; 0 if its sender says neither. */
  timeUs: number;
  severityNumber: number;
}

export interface ArrivedRequest<Item> {
  groups: ArrivedGroup<Item>[];
  /** An unknown field above the level of the items; empty if there is none. */
  unknown: string;
}

/** The maximum number of resources, scopes, and items in a request, because each becomes an object while it is read. */
const MAX_PARTS = 500_000;

/** The nesting level of items in a request. */
const ITEM_DEPTH = 3;

const STATUS_ERROR = 2;

/**
 * Reads an ExportTraceServiceRequest.
 * @throws MalformedError if any part of it cannot be decoded, down to the last attribute
 */
export function readSpanRequest(bytes: Buffer): ArrivedRequest<ArrivedSpan> {
  return readRequest(traceSignal, bytes, arrivedSpan);
}

/**
 * Reads an ExportLogsServiceRequest.
 * @throws MalformedError if any part of it cannot be decoded, down to the last attribute
 */
export function readLogRequest(bytes: Buffer): ArrivedRequest<ArrivedLogRecord> {
  return readRequest(logSignal, bytes, arrivedLogRecord);
}

function readRequest<Item>(
  signal: Signal,
  bytes: Buffer,
  readItem: (item: ArrivedItem) => Item,
): ArrivedRequest<Item> {
  const { messageCounts, unknown } = checkRequest(signal, bytes);
  const { resources } = requestParts.decode(bytes) as unknown as RequestParts;
  let next = 0;
  const read = (item: Uint8Array) => readItem({ bytes: item, messages: messageCounts[next++]! });
  const groups = resources.flatMap(({ resource, scopes }) =>
    scopes.map(({ scope, items }) => ({ resource, scope, items: items.map(read) })),
  );
  return { groups, unknown };
}

/** What protobufjs decodes from `spanHead`. */
interface SpanHead {
  traceId: Hex;
  spanId: Hex;
  parentSpanId: Hex;
  name: string;
  kind: number;
  startTimeUnixNano: Fixed64;
  endTimeUnixNano: Fixed64;
  status: { code: number } | null;
  links: { traceId: Hex; spanId: Hex }[];
}

function arrivedSpan(item: ArrivedItem): ArrivedSpan {
  const head = decode(spanHead, item.bytes) as SpanHead;
  const { name, kind } = head;
  const { startUs, durationNs } = readTimes(head.startTimeUnixNano, head.endTimeUnixNano);
  return {
    traceId: hexId(head.traceId),
    spanId: hexId(head.spanId),
    parentId: hexId(head.parentSpanId),
    name,
    kind: kind in spanKinds ? kind : 0,
    startUs,
    durationUs: Math.max(0, durationNs) / 1_000,
    error: head.status?.code === STATUS_ERROR,
    links: head.links
      .map((link) => ({ traceId: hexId(link.traceId), spanId: hexId(link.spanId) }))
      .filter((link) => link.traceId !== '' && link.spanId !== ''),
    ...item,
  };
}

/** What protobufjs decodes from `logRecordHead`. */
interface LogRecordHead {
  traceId: Hex;
  timeUnixNano: Fixed64;
  observedTimeUnixNano: Fixed64;
  severityNumber: number;
}

function arrivedLogRecord(item: ArrivedItem): ArrivedLogRecord {
  const head = decode(logRecordHead, item.bytes) as LogRecordHead;
  return {
    traceId: hexId(head.traceId),
    timeUs: microseconds(head.timeUnixNano) || microseconds(head.observedTimeUnixNano),
    severityNumber: head.severityNumber,
    ...item,
  };
}

/** What has to be known about a message before it is decoded: its fields by number. */
interface Layout {
  name: string;
  fields: (
    { wireType: number; type: string; message: Layout | undefined; idBytes: number | undefined } | undefined
  )[];
}

const VARINT = 0;
const BYTES = 2;
const basicTypes: Readonly<Record<string, number>> = protobuf.types.basic;
const layouts = new Map<Type, Layout>();

function layoutOf(type: Type): Layout {
  const known = layouts.get(type);
  if (known) return known;
  const layout: Layout = { name: type.name, fields: [] };
  layouts.set(type, layout);
  for (const { id, name, type: fieldType, resolvedType } of type.fieldsArray) {
    const message = resolvedType instanceof protobuf.Type ? layoutOf(resolvedType) : undefined;
    const wireType = message ? BYTES : (basicTypes[fieldType] ?? VARINT); // an enum is a varint
    layout.fields[id] = { wireType, type: fieldType, message, idBytes: idBytes[name] };
  }
  layout.fields = Array.from(layout.fields);
  return layout;
}

/** What a check finds out about a valid request. */
interface Checked {
  signal: Signal;
  item: Layout;
  parts: number;
  /** Of how many messages each item consists. */
  messageCounts: number[];
  unknown: string;
}

/**
 * Makes sure that protobufjs can decode every part of a request later, because its decoders check neither wire types nor
 * the length of numbers.
 */
function checkRequest(signal: Signal, bytes: Buffer): Checked {
  const item = layoutOf(signal.item);
  const checked: Checked = { signal, item, parts: 0, messageCounts: [], unknown: '' };
  try {
    check(protobuf.Reader.create(bytes), layoutOf(signal.request), bytes.length, 0, checked);
  } catch (error) {
    if (error instanceof MalformedError) throw error;
    throw error instanceof RangeError ? truncated() : new MalformedError((error as Error).message);
  }
  return checked;
}

/** Reads a message to its end. Returns how many messages it consists of. */
function check(reader: Reader, layout: Layout, end: number, depth: number, checked: Checked): number {
  if (depth > MAX_DEPTH) throw new MalformedError(`messages are nested more than ${MAX_DEPTH} levels deep`);
  if (depth <= ITEM_DEPTH && ++checked.parts > MAX_PARTS) {
    const { itemName } = checked.signal;
    throw new MalformedError(
      `it has more than ${grouped(MAX_PARTS)} resources, scopes, and ${itemName}s: send fewer ${itemName}s at a time`,
    );
  }
  let messages = 1;
  while (reader.pos < end) {
    const tag = reader.uint32();
    const wireType = tag & 7;
    const field = layout.fields[tag >>> 3];
    if (field === undefined) {
      if (depth < ITEM_DEPTH) checked.unknown ||= `field ${tag >>> 3} of ${layout.name}`;
      reader.skipType(wireType, depth);
    } else if (field.wireType !== wireType) {
      throw new MalformedError(
        `field ${tag >>> 3} of ${layout.name} has wire type ${wireType}, not ${field.wireType}`,
      );
    } else if (wireType === BYTES) {
      const fieldEnd = reader.uint32() + reader.pos;
      if (fieldEnd > end) throw truncated();
      if (field.message) messages += check(reader, field.message, fieldEnd, depth + 1, checked);
      else if (field.idBytes !== undefined && fieldEnd !== reader.pos) {
        const length = fieldEnd - reader.pos;
        if (length !== field.idBytes) {
          throw new MalformedError(
            `field ${tag >>> 3} of ${layout.name} has ${length} bytes, not ${field.idBytes}`,
          );
        }
      }
      reader.pos = fieldEnd;
    } else {
      const start = reader.pos;
      reader.skipType(wireType);
      if (wireType === VARINT) requireVarint(reader.pos - start, field.type, start);
    }
  }
  if (reader.pos !== end) throw truncated();
  if (layout === checked.item) checked.messageCounts.push(messages);
  return messages;
}

/** If a 32-bit number has more than 5 bytes, protobufjs assumes that it has 10, the length of a negative number. */
function requireVarint(length: number, type: string, at: number): void {
  if (length <= 5 || length === 10 || (length < 10 && type === 'int64')) return;
  throw new MalformedError(`the number at byte ${at} has ${length} bytes, which is not its shortest form`);
}

function truncated(): MalformedError {
  return new MalformedError('the message ends in the middle of a field');
}
