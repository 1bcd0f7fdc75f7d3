/** Takes an OTLP request apart into spans that are still encoded, each with what it is stored and found by. */
import protobuf, { type Reader, type Type } from 'protobufjs';
import { decode, type Fixed64, type Hex, hexId, microseconds, nanosecondsBetween } from './decode.ts';
import {
  exportRequest,
  idBytes,
  MAX_DEPTH,
  requestHead,
  scopeSpans as scopeSpansType,
  span as spanType,
  spanHead,
} from './messages.ts';
import { spanKinds } from '../../trace/model.ts';
import { grouped } from '../../trace/numbers.ts';

/** The bytes are not an ExportTraceServiceRequest. The message says what is wrong and where. */
export class MalformedError extends Error {}

/** The spans of one scope, with the encoded Resource and InstrumentationScope. */
export interface ArrivedGroup {
  resource: Uint8Array;
  scope: Uint8Array;
  spans: ArrivedSpan[];
}

/** Where an encoded Span is in its request. */
interface SpanBytes {
  from: number;
  to: number;
  /** How many messages the span consists of: itself, its attributes, their values, and so on. */
  messages: number;
}

/** Ids are lowercase hex, empty if they are missing or all zeros. Times are µs: since 1970, cut off from ns. */
export interface ArrivedSpan extends SpanBytes {
  traceId: string;
  spanId: string;
  parentId: string;
  name: string;
  /** An index of `spanKinds`; 0 for a kind that OTLP does not have. */
  kind: number;
  startUs: number;
  /** With a fraction down to the ns; 0 if the span ends before it starts. */
  durationUs: number;
  error: boolean;
}

export interface ArrivedRequest {
  groups: ArrivedGroup[];
  /** A field above the spans that OTLP does not have; empty if there is none. */
  unknown: string;
}

/** The most resources, scopes, and spans in one request: each becomes an object while the request is read. */
const MAX_PARTS = 500_000;

/** How deep spans are in a request. */
const SPAN_DEPTH = 3;

const STATUS_ERROR = 2;

/**
 * Reads an ExportTraceServiceRequest.
 * @throws MalformedError if any part of it cannot be decoded, down to the last attribute
 */
export function readRequest(bytes: Buffer): ArrivedRequest {
  const { spans, groupEnds, unknown } = checkRequest(bytes);
  const head = requestHead.decode(bytes) as unknown as RequestHead;
  let first = 0;
  let group = 0;
  const groups = head.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.map(({ scope }) => {
      const ofGroup = spans.slice(first, (first = groupEnds[group++]!));
      return { resource, scope, spans: ofGroup.map((span) => arrivedSpan(bytes, span)) };
    }),
  );
  return { groups, unknown };
}

/** What protobufjs decodes from `requestHead`. */
interface RequestHead {
  resourceSpans: { resource: Uint8Array; scopeSpans: { scope: Uint8Array }[] }[];
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
}

function arrivedSpan(request: Buffer, { from, to, messages }: SpanBytes): ArrivedSpan {
  const head = decode(spanHead, request, from, to) as SpanHead;
  const { name, kind, startTimeUnixNano, endTimeUnixNano } = head;
  return {
    traceId: hexId(head.traceId),
    spanId: hexId(head.spanId),
    parentId: hexId(head.parentSpanId),
    name,
    kind: kind in spanKinds ? kind : 0,
    startUs: microseconds(startTimeUnixNano),
    durationUs: Math.max(0, nanosecondsBetween(startTimeUnixNano, endTimeUnixNano)) / 1_000,
    error: head.status?.code === STATUS_ERROR,
    from,
    to,
    messages,
  };
}

/** What there is to know of a message before it is decoded: its fields by number. */
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
    const wireType = message ? BYTES : (basicTypes[fieldType] ?? VARINT); // an enum is one
    layout.fields[id] = { wireType, type: fieldType, message, idBytes: idBytes[name] };
  }
  layout.fields = Array.from(layout.fields);
  return layout;
}

const requestLayout = layoutOf(exportRequest);
const scopeSpansLayout = layoutOf(scopeSpansType);
const spanLayout = layoutOf(spanType);

/** What a check finds besides faults. */
interface Checked {
  parts: number;
  spans: SpanBytes[];
  /** For each ScopeSpans how many spans there are up to its end. */
  groupEnds: number[];
  unknown: string;
}

/**
 * Makes sure that protobufjs can decode every part of a request later: its decoders look neither at wire types nor at
 * the length of numbers.
 */
function checkRequest(bytes: Buffer): Checked {
  const checked: Checked = { parts: 0, spans: [], groupEnds: [], unknown: '' };
  try {
    check(protobuf.Reader.create(bytes), requestLayout, bytes.length, 0, checked);
  } catch (error) {
    if (error instanceof MalformedError) throw error;
    throw error instanceof RangeError ? truncated() : new MalformedError((error as Error).message);
  }
  return checked;
}

/** Reads a message to its end. Gives of how many messages it consists. */
function check(reader: Reader, layout: Layout, end: number, depth: number, checked: Checked): number {
  if (depth > MAX_DEPTH) throw new MalformedError(`messages are nested more than ${MAX_DEPTH} deep`);
  if (depth <= SPAN_DEPTH && ++checked.parts > MAX_PARTS) {
    throw new MalformedError(
      `it has more than ${grouped(MAX_PARTS)} resources, scopes, and spans: send fewer spans at a time`,
    );
  }
  const from = reader.pos;
  let messages = 1;
  while (reader.pos < end) {
    const tag = reader.uint32();
    const wireType = tag & 7;
    const field = layout.fields[tag >>> 3];
    if (field === undefined) {
      if (depth < SPAN_DEPTH) checked.unknown ||= `field ${tag >>> 3} of ${layout.name}`;
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
  if (layout === spanLayout) checked.spans.push({ from, to: end, messages });
  if (layout === scopeSpansLayout) checked.groupEnds.push(checked.spans.length);
  return messages;
}

/** protobufjs takes a number of 32 bits for 10 bytes long if it has more than 5, which is how negative ones are sent. */
function requireVarint(length: number, type: string, at: number): void {
  if (length <= 5 || length === 10 || (length < 10 && type === 'int64')) return;
  throw new MalformedError(`the number at byte ${at} has ${length} bytes, which is not its shortest form`);
}

function truncated(): MalformedError {
  return new MalformedError('the message ends in the middle of a field');
}
