/** The messages of trace.proto as a `WireReader` checks them: the arrival of spans does not wait for a .proto parser. */
import { BYTES, FIXED64, VARINT, type Field, type Layout } from './wire.ts';

const varint: Field = { wireType: VARINT };
const fixed64: Field = { wireType: FIXED64 };
const bytes: Field = { wireType: BYTES };
const traceId: Field = { wireType: BYTES, size: 16 };
const spanId: Field = { wireType: BYTES, size: 8 };

const anyValue: Layout = { name: 'AnyValue', fields: [] };
const keyValue = layout('KeyValue', { 1: bytes, 2: message(anyValue) });
const arrayValue = layout('ArrayValue', { 1: message(anyValue) });
const keyValueList = layout('KeyValueList', { 1: message(keyValue) });
anyValue.fields = layout('AnyValue', {
  1: bytes,
  2: varint,
  3: varint,
  4: fixed64,
  5: message(arrayValue),
  6: message(keyValueList),
  7: bytes,
}).fields;

const event = layout('Event', { 1: fixed64, 2: bytes, 3: message(keyValue) });
const link = layout('Link', { 1: traceId, 2: spanId, 3: bytes, 4: message(keyValue) });
const status = layout('Status', { 2: bytes, 3: varint });
const span = layout('Span', {
  1: traceId,
  2: spanId,
  3: bytes,
  4: spanId,
  5: bytes,
  6: varint,
  7: fixed64,
  8: fixed64,
  9: message(keyValue),
  11: message(event),
  13: message(link),
  15: message(status),
});

const resource = layout('Resource', { 1: message(keyValue) });
const scope = layout('InstrumentationScope', { 1: bytes, 2: bytes, 3: message(keyValue) });
const scopeSpans = layout('ScopeSpans', { 1: message(scope), 2: message(span) });
const resourceSpans = layout('ResourceSpans', { 1: message(resource), 2: message(scopeSpans) });

/** ExportTraceServiceRequest: what an exporter sends. */
export const exportRequest = layout('ExportTraceServiceRequest', { 1: message(resourceSpans) });

function message(of: Layout): Field {
  return { wireType: BYTES, message: of };
}

function layout(name: string, byNumber: Record<number, Field>): Layout {
  const fields: Layout['fields'] = [];
  for (const [number, field] of Object.entries(byNumber)) fields[Number(number)] = field;
  return { name, fields: Array.from(fields) };
}
