import { exportRequest } from './layout.ts';
import { BYTES, WireReader } from './wire.ts';

/** A stretch of bytes, by offsets into the message that it is in. */
export interface Range {
  from: number;
  to: number;
}

/** What the spans of a group have in common: the resource, and the scope within it. */
export interface Group {
  resource: Range;
  scope: Range;
}

/**
 * The parts of a span by which it is kept and found. Ids are offsets of their bytes, -1 where the span has none
 * or an all-zero one.
 */
export interface SpanParts extends Range {
  traceIdAt: number;
  spanIdAt: number;
  parentIdAt: number;
  name: Range;
  kind: number;
  error: boolean;
  /** µs since 1970, cut off from ns. */
  startUs: number;
  /** µs, with a fraction down to the ns; 0 for a span that ends before it starts. */
  durationUs: number;
}

const nothing: Range = { from: 0, to: 0 };
const STATUS_ERROR = 2;

/**
 * Makes sure that a message is an ExportTraceServiceRequest down to its last attribute, so that whatever is kept of
 * it can be decoded later.
 * @throws MalformedError
 */
export function checkRequest(bytes: Buffer): void {
  new WireReader(bytes).check(exportRequest);
}

/**
 * Hands over each span of a request that was checked, group by group, in the order of the bytes. The object given
 * to `onSpan` is used again for the next span.
 */
export function readSpans(
  bytes: Buffer,
  onGroup: (group: Group) => void,
  onSpan: (span: SpanParts) => void,
): void {
  const parts: SpanParts = {
    from: 0,
    to: 0,
    traceIdAt: -1,
    spanIdAt: -1,
    parentIdAt: -1,
    name: { from: 0, to: 0 },
    kind: 0,
    error: false,
    startUs: 0,
    durationUs: 0,
  };
  const reader = new WireReader(bytes);
  forEachField(bytes, { from: 0, to: bytes.length }, 1, (resourceSpans) => {
    const resource = lastField(bytes, resourceSpans, 1);
    forEachField(bytes, resourceSpans, 2, (scopeSpans) => {
      onGroup({ resource, scope: lastField(bytes, scopeSpans, 1) });
      forEachField(bytes, scopeSpans, 2, (span) => {
        readSpan(reader, span, parts);
        onSpan(parts);
      });
    });
  });
}

/**
 * `service.name` of a resource; where it is missing, empty or no string, the name that Jaeger shows instead
 * (internal/jptrace/sanitizer/emptyservicename.go).
 */
export function serviceName(bytes: Buffer, resource: Range): string {
  let name = 'missing-service-name';
  forEachField(bytes, resource, 1, (attribute) => {
    const key = lastField(bytes, attribute, 1);
    if (bytes.toString('utf8', key.from, key.to) !== 'service.name') return;
    name = 'service-name-wrong-type';
    forEachField(bytes, lastField(bytes, attribute, 2), 1, ({ from, to }) => {
      name = bytes.toString('utf8', from, to) || 'empty-service-name';
    });
  });
  return name;
}

function readSpan(reader: WireReader, span: Range, parts: SpanParts): void {
  const { bytes } = reader;
  parts.from = span.from;
  parts.to = span.to;
  parts.traceIdAt = parts.spanIdAt = parts.parentIdAt = -1;
  parts.name = nothing;
  parts.kind = 0;
  parts.error = false;
  let startAt = -1;
  let endAt = -1;

  reader.at = span.from;
  reader.end = span.to;
  while (reader.at < span.to) {
    const tag = reader.varint();
    switch (tag >>> 3) {
      case 1:
        parts.traceIdAt = idAt(reader, 16);
        break;
      case 2:
        parts.spanIdAt = idAt(reader, 8);
        break;
      case 4:
        parts.parentIdAt = idAt(reader, 8);
        break;
      case 5: {
        const to = reader.fieldEnd();
        parts.name = { from: reader.at, to };
        reader.at = to;
        break;
      }
      case 6:
        parts.kind = reader.varint();
        break;
      case 7:
        startAt = reader.at;
        reader.at += 8;
        break;
      case 8:
        endAt = reader.at;
        reader.at += 8;
        break;
      case 15: {
        const to = reader.fieldEnd();
        parts.error = isError(bytes, { from: reader.at, to });
        reader.at = to;
        break;
      }
      default:
        reader.skip(tag & 7);
    }
  }
  parts.startUs = startAt < 0 ? 0 : microseconds(bytes, startAt);
  parts.durationUs = startAt < 0 || endAt < 0 ? 0 : microsecondsBetween(bytes, startAt, endAt);
}

/** Where the bytes of an id are, -1 if there are none or all are 0. */
function idAt(reader: WireReader, size: number): number {
  const to = reader.fieldEnd();
  const from = reader.at;
  reader.at = to;
  if (to - from !== size) return -1;
  for (let index = from; index < to; index++) if (reader.bytes[index] !== 0) return from;
  return -1;
}

/** A fixed64 of ns as µs. Divided by halves, because ns since 1970 do not fit into the 53 bits of a number. */
function microseconds(bytes: Buffer, at: number): number {
  const low = bytes.readUInt32LE(at);
  const high = bytes.readUInt32LE(at + 4);
  const rest = high % 1_000;
  return ((high - rest) / 1_000) * 2 ** 32 + Math.floor((rest * 2 ** 32 + low) / 1_000);
}

function microsecondsBetween(bytes: Buffer, startAt: number, endAt: number): number {
  const high = bytes.readUInt32LE(endAt + 4) - bytes.readUInt32LE(startAt + 4);
  return Math.max(0, high * 2 ** 32 + bytes.readUInt32LE(endAt) - bytes.readUInt32LE(startAt)) / 1_000;
}

function isError(bytes: Buffer, status: Range): boolean {
  const reader = new WireReader(bytes, status.from, status.to);
  let code = 0;
  while (reader.at < status.to) {
    const tag = reader.varint();
    if (tag >>> 3 === 3) code = reader.varint();
    else reader.skip(tag & 7);
  }
  return code === STATUS_ERROR;
}

/** Calls back with each value of a field of messages or strings. */
function forEachField(bytes: Buffer, message: Range, field: number, onValue: (value: Range) => void): void {
  const reader = new WireReader(bytes, message.from, message.to);
  while (reader.at < message.to) {
    const tag = reader.varint();
    if (tag >>> 3 === field && (tag & 7) === BYTES) {
      const to = reader.fieldEnd();
      onValue({ from: reader.at, to });
      reader.at = to;
    } else reader.skip(tag & 7);
  }
}

/** Where protobuf has one value the last counts. */
function lastField(bytes: Buffer, message: Range, field: number): Range {
  let last = nothing;
  forEachField(bytes, message, field, (value) => (last = value));
  return last;
}
