/** The messages of otlp.proto as protobufjs reads and writes them. */
import { readFileSync } from 'node:fs';
import protobuf, { type Type } from 'protobufjs';

const schema = readFileSync(new URL('otlp.proto', import.meta.url), 'utf8');
const { root } = protobuf.parse(schema);
root.resolveAll();

export const rpcStatus = root.lookupType('RpcStatus');
export const resource = root.lookupType('Resource');
export const scope = root.lookupType('InstrumentationScope');
export const span = root.lookupType('Span');
export const spanHead = root.lookupType('SpanHead');
export const logRecord = root.lookupType('LogRecord');
export const logRecordHead = root.lookupType('LogRecordHead');
/** A request of either signal, as `RequestParts`. */
export const requestParts = root.lookupType('RequestParts');

/** The length in bytes of the fields that are ids. OTLP's JSON writes these fields in hex, not in base64. */
export const idBytes: Readonly<Record<string, number>> = { traceId: 16, spanId: 8, parentSpanId: 8 };

/** How deep messages may be nested: protobuf's own default, so that no input can exhaust the stack. */
export const MAX_DEPTH = 100;

/** A request whose resources, scopes, and items stay encoded. */
export interface RequestParts {
  resources: { resource: Uint8Array; scopes: { scope: Uint8Array; items: Uint8Array[] }[] }[];
}

/** The messages of an OTLP signal: of requests that contain spans or log records, grouped by resource and scope. */
export interface Signal {
  /** What its requests contain, in the singular. */
  itemName: 'span' | 'log record';
  /** Where its requests are sent: the gRPC service, and the HTTP path. */
  grpcService: string;
  httpPath: string;
  item: Type;
  request: Type;
  response: Type;
  /** The field of a partial success that counts the rejected items. */
  rejected: 'rejectedSpans' | 'rejectedLogRecords';
}

export const traceSignal: Signal = {
  itemName: 'span',
  grpcService: 'opentelemetry.proto.collector.trace.v1.TraceService',
  httpPath: '/v1/traces',
  item: span,
  request: root.lookupType('ExportTraceServiceRequest'),
  response: root.lookupType('ExportTraceServiceResponse'),
  rejected: 'rejectedSpans',
};

export const logSignal: Signal = {
  itemName: 'log record',
  grpcService: 'opentelemetry.proto.collector.logs.v1.LogsService',
  httpPath: '/v1/logs',
  item: logRecord,
  request: root.lookupType('ExportLogsServiceRequest'),
  response: root.lookupType('ExportLogsServiceResponse'),
  rejected: 'rejectedLogRecords',
};
