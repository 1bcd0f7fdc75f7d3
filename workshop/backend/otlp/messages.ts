/** The messages of otlp.proto as protobufjs reads and writes them. */
import { readFileSync } from 'node:fs';
import protobuf, { type Field, type Type } from 'protobufjs';

const schema = readFileSync(new URL('otlp.proto', import.meta.url), 'utf8');
const { root } = protobuf.parse(schema);
root.resolveAll();

export const rpcStatus = root.lookupType('RpcStatus');
export const resource = root.lookupType('Resource');
export const scope = root.lookupType('InstrumentationScope');
export const span = root.lookupType('Span');
export const logRecord = root.lookupType('LogRecord');

/** The length in bytes of the fields that are ids. OTLP's JSON writes these fields in hex, not in base64. */
export const idBytes: Readonly<Record<string, number>> = { traceId: 16, spanId: 8, parentSpanId: 8 };

/** How deep messages may be nested: protobuf's own default, so that no input can exhaust the stack. */
export const MAX_DEPTH = 100;

/** The messages of an OTLP signal: of requests that contain spans or log records, grouped by resource and scope. */
export interface Signal {
  /** What its requests contain, in the singular. */
  itemName: 'span' | 'log record';
  /** Where its requests are sent: the gRPC service, and the HTTP path. */
  grpcService: string;
  httpPath: string;
  item: Type;
  /** The items of one scope. */
  group: Type;
  request: Type;
  /** A request down to its resources and scopes, which stay encoded, and without its items: a `RequestHead`. */
  requestHead: Type;
  /** A request whose resources, scopes, and items stay encoded: `EncodedParts`. */
  encodedParts: Type;
  response: Type;
  /** The field of a partial success that counts the rejected items. */
  rejected: 'rejectedSpans' | 'rejectedLogRecords';
}

/** What protobufjs decodes from `Signal.requestHead`. */
export interface RequestHead {
  resources: { resource: Uint8Array; scopes: { scope: Uint8Array }[] }[];
}

/** What protobufjs encodes as `Signal.encodedParts`. */
export interface EncodedParts {
  resources: { resource: Uint8Array; scopes: { scope: Uint8Array; items: Uint8Array[] }[] }[];
}

export const traceSignal: Signal = {
  itemName: 'span',
  grpcService: 'opentelemetry.proto.collector.trace.v1.TraceService',
  httpPath: '/v1/traces',
  item: span,
  ...requestsOf('ExportTraceServiceRequest', 'resourceSpans', 'scopeSpans', 'spans'),
  response: root.lookupType('ExportTraceServiceResponse'),
  rejected: 'rejectedSpans',
};

export const logSignal: Signal = {
  itemName: 'log record',
  grpcService: 'opentelemetry.proto.collector.logs.v1.LogsService',
  httpPath: '/v1/logs',
  item: logRecord,
  ...requestsOf('ExportLogsServiceRequest', 'resourceLogs', 'scopeLogs', 'logRecords'),
  response: root.lookupType('ExportLogsServiceResponse'),
  rejected: 'rejectedLogRecords',
};

const linkHead = partOf(span.fields['links']!.resolvedType as Type, ['traceId', 'spanId'], {});

/** The fields of a span by which it is stored and found. */
export const spanHead = partOf(
  span,
  [
    'traceId',
    'spanId',
    'parentSpanId',
    'name',
    'kind',
    'startTimeUnixNano',
    'endTimeUnixNano',
    'status',
    'links',
  ],
  { kind: { type: 'int32' }, links: { type: linkHead.name } },
);

/** The fields of a log record by which it is stored and found. */
export const logRecordHead = partOf(
  logRecord,
  ['traceId', 'timeUnixNano', 'observedTimeUnixNano', 'severityNumber'],
  { severityNumber: { type: 'int32' } },
);

/** The other fields of a log record. */
export const logRecordRest = partOf(
  logRecord,
  ['severityNumber', 'severityText', 'body', 'attributes', 'droppedAttributesCount', 'spanId', 'eventName'],
  { severityNumber: { type: 'int32' } },
);

function requestsOf(name: string, resources: string, scopes: string, items: string) {
  const request = root.lookupType(name);
  const ofResource = request.fields[resources]!.resolvedType as Type;
  const group = ofResource.fields[scopes]!.resolvedType as Type;
  const bytes = { type: 'bytes' };
  const requestWith = (groupPart: Type) => {
    const resourcePart = partOf(ofResource, ['resource', scopes], {
      resource: bytes,
      [scopes]: { name: 'scopes', type: groupPart.name },
    });
    return partOf(request, [resources], { [resources]: { name: 'resources', type: resourcePart.name } });
  };
  return {
    group,
    request,
    requestHead: requestWith(partOf(group, ['scope'], { scope: bytes })),
    encodedParts: requestWith(
      partOf(group, ['scope', items], { scope: bytes, [items]: { name: 'items', ...bytes } }),
    ),
  };
}

/** A message type with some of the fields of another, which skips the others. `as` gives fields another name or type. */
function partOf(
  whole: Type,
  fields: readonly string[],
  as: Readonly<Record<string, { name?: string; type: string }>>,
): Type {
  const part = new protobuf.Type(`${whole.name}Part${whole.parent!.nestedArray.length}`);
  for (const field of fields) {
    const { id, type, repeated } = whole.fields[field] as Field;
    const { name = field, type: newType = type } = as[field] ?? {};
    part.add(new protobuf.Field(name, id, newType, repeated ? 'repeated' : undefined));
  }
  whole.parent!.add(part);
  return part;
}
