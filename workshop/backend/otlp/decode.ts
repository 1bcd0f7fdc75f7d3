/** Makes objects of encoded spans, resources and scopes. All of these must have passed `checkRequest`. */
import { WireReader } from './wire.ts';

/** An attribute's value: a bigint is an integer, a number a double, a Map a list of key and value, null nothing. */
export type OtlpValue =
  string | boolean | bigint | number | Buffer | OtlpValue[] | Map<string, OtlpValue> | null;

export interface Attribute {
  key: string;
  value: OtlpValue;
}

export interface Scope {
  name: string;
  version: string;
  attributes: Attribute[];
}

/** Ids are lower-case hex, empty where there is none or an all-zero one; times are ns since 1970. */
export interface OtlpSpan {
  spanId: string;
  traceState: string;
  parentSpanId: string;
  name: string;
  kind: number;
  startNs: bigint;
  endNs: bigint;
  attributes: Attribute[];
  events: OtlpEvent[];
  links: OtlpLink[];
  statusCode: number;
  statusMessage: string;
}

export interface OtlpEvent {
  timeNs: bigint;
  name: string;
  attributes: Attribute[];
}

export interface OtlpLink {
  traceId: string;
  spanId: string;
  attributes: Attribute[];
}

/** The attributes of a Resource. */
export function decodeResource(bytes: Buffer): Attribute[] {
  const attributes: Attribute[] = [];
  eachField(new WireReader(bytes), (field, reader) => {
    if (field === 1) attributes.push(readMessage(reader, readAttribute));
    else return false;
  });
  return attributes;
}

/** An InstrumentationScope. */
export function decodeScope(bytes: Buffer): Scope {
  const scope: Scope = { name: '', version: '', attributes: [] };
  eachField(new WireReader(bytes), (field, reader) => {
    if (field === 1) scope.name = readText(reader);
    else if (field === 2) scope.version = readText(reader);
    else if (field === 3) scope.attributes.push(readMessage(reader, readAttribute));
    else return false;
  });
  return scope;
}

/** A Span. Its trace id is left out: a trace's spans share it. */
export function decodeSpan(bytes: Buffer): OtlpSpan {
  const span: OtlpSpan = {
    spanId: '',
    traceState: '',
    parentSpanId: '',
    name: '',
    kind: 0,
    startNs: 0n,
    endNs: 0n,
    attributes: [],
    events: [],
    links: [],
    statusCode: 0,
    statusMessage: '',
  };
  eachField(new WireReader(bytes), (field, reader) => {
    if (field === 9) span.attributes.push(readMessage(reader, readAttribute));
    else if (field === 2) span.spanId = readId(reader);
    else if (field === 3) span.traceState = readText(reader);
    else if (field === 4) span.parentSpanId = readId(reader);
    else if (field === 5) span.name = readText(reader);
    else if (field === 6) span.kind = reader.varint();
    else if (field === 7) span.startNs = reader.fixed64();
    else if (field === 8) span.endNs = reader.fixed64();
    else if (field === 11) span.events.push(readMessage(reader, readEvent));
    else if (field === 13) span.links.push(readMessage(reader, readLink));
    else if (field === 15) {
      const { code, message } = readMessage(reader, readStatus);
      span.statusCode = code;
      span.statusMessage = message;
    } else return false;
  });
  return span;
}

function readEvent(message: WireReader): OtlpEvent {
  const event: OtlpEvent = { timeNs: 0n, name: '', attributes: [] };
  eachField(message, (field, reader) => {
    if (field === 1) event.timeNs = reader.fixed64();
    else if (field === 2) event.name = readText(reader);
    else if (field === 3) event.attributes.push(readMessage(reader, readAttribute));
    else return false;
  });
  return event;
}

function readLink(message: WireReader): OtlpLink {
  const link: OtlpLink = { traceId: '', spanId: '', attributes: [] };
  eachField(message, (field, reader) => {
    if (field === 1) link.traceId = readId(reader);
    else if (field === 2) link.spanId = readId(reader);
    else if (field === 4) link.attributes.push(readMessage(reader, readAttribute));
    else return false;
  });
  return link;
}

function readStatus(message: WireReader): { code: number; message: string } {
  const status = { code: 0, message: '' };
  eachField(message, (field, reader) => {
    if (field === 2) status.message = readText(reader);
    else if (field === 3) status.code = reader.varint();
    else return false;
  });
  return status;
}

function readAttribute(message: WireReader): Attribute {
  const attribute: Attribute = { key: '', value: null };
  eachField(message, (field, reader) => {
    if (field === 1) attribute.key = readText(reader);
    else if (field === 2) attribute.value = readMessage(reader, readValue);
    else return false;
  });
  return attribute;
}

/** An AnyValue. */
export function decodeValue(bytes: Buffer): OtlpValue {
  return readValue(new WireReader(bytes));
}

/** Of a oneof the last field counts. */
function readValue(message: WireReader): OtlpValue {
  let value: OtlpValue = null;
  eachField(message, (field, reader) => {
    if (field === 1) value = readText(reader);
    else if (field === 2) value = reader.varint() !== 0;
    else if (field === 3) value = reader.int64();
    else if (field === 4) value = reader.double();
    else if (field === 5) value = readMessage(reader, readArray);
    else if (field === 6) value = readMessage(reader, readMap);
    else if (field === 7) value = Buffer.from(reader.value());
    else return false;
  });
  return value;
}

function readArray(message: WireReader): OtlpValue[] {
  const values: OtlpValue[] = [];
  eachField(message, (field, reader) => {
    if (field === 1) values.push(readMessage(reader, readValue));
    else return false;
  });
  return values;
}

function readMap(message: WireReader): Map<string, OtlpValue> {
  const values = new Map<string, OtlpValue>();
  eachField(message, (field, reader) => {
    if (field !== 1) return false;
    const { key, value } = readMessage(reader, readAttribute);
    values.set(key, value);
  });
  return values;
}

/** Calls back at the value of each field, which must be read then, unless the answer is false: it is passed over. */
function eachField(
  reader: WireReader,
  onField: (field: number, reader: WireReader) => false | undefined,
): void {
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (onField(tag >>> 3, reader) === false) reader.skip(tag & 7);
  }
}

/** Reads a field that is a message: `read` sees its end as the end. */
function readMessage<Message>(reader: WireReader, read: (reader: WireReader) => Message): Message {
  const outerEnd = reader.end;
  reader.end = reader.fieldEnd();
  const message = read(reader);
  reader.end = outerEnd;
  return message;
}

function readText(reader: WireReader): string {
  const end = reader.fieldEnd();
  const text = reader.bytes.toString('utf8', reader.at, end);
  reader.at = end;
  return text;
}

/** Reads a field that is an id: lower-case hex, empty for an all-zero one. */
export function readId(reader: WireReader): string {
  const end = reader.fieldEnd();
  const id = reader.bytes.toString('hex', reader.at, end);
  reader.at = end;
  return /^0*$/.test(id) ? '' : id;
}
