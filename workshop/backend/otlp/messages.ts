/** The messages of trace.proto as protobufjs reads and writes them. */
import { readFileSync } from 'node:fs';
import protobuf, { type Type } from 'protobufjs';

const schema = readFileSync(new URL('trace.proto', import.meta.url), 'utf8');
const { root } = protobuf.parse(schema);
root.resolveAll();

export const exportRequest = root.lookupType('ExportTraceServiceRequest');
export const exportResponse = root.lookupType('ExportTraceServiceResponse');
export const rpcStatus = root.lookupType('RpcStatus');
export const scopeSpans = root.lookupType('ScopeSpans');
export const resource = root.lookupType('Resource');
export const scope = root.lookupType('InstrumentationScope');
export const span = root.lookupType('Span');

/** The length in bytes of the fields that are ids. OTLP's JSON writes these fields in hex, not in base64. */
export const idBytes: Readonly<Record<string, number>> = { traceId: 16, spanId: 8, parentSpanId: 8 };

/** How deep messages may be nested: protobuf's own default, so that no input can exhaust the stack. */
export const MAX_DEPTH = 100;

/** The fields of a span by which it is stored and found. */
export const spanHead = partOf(
  span,
  'SpanHead',
  ['traceId', 'spanId', 'parentSpanId', 'name', 'kind', 'startTimeUnixNano', 'endTimeUnixNano', 'status'],
  { kind: 'int32' },
);

partOf(scopeSpans, 'ScopeSpansHead', ['scope'], { scope: 'bytes' });
partOf(root.lookupType('ResourceSpans'), 'ResourceSpansHead', ['resource', 'scopeSpans'], {
  resource: 'bytes',
  scopeSpans: 'ScopeSpansHead',
});

/** A request down to its resources and scopes, which stay encoded, and without its spans. */
export const requestHead = partOf(exportRequest, 'RequestHead', ['resourceSpans'], {
  resourceSpans: 'ResourceSpansHead',
});

/** A message type with some of the fields of another, which skips the rest. `as` gives fields another type. */
function partOf(
  whole: Type,
  name: string,
  fields: readonly string[],
  as: Readonly<Record<string, string>>,
): Type {
  const part = new protobuf.Type(name);
  for (const field of fields) {
    const { id, type, repeated } = whole.fields[field]!;
    part.add(new protobuf.Field(field, id, as[field] ?? type, repeated ? 'repeated' : undefined));
  }
  whole.parent!.add(part);
  return part;
}
