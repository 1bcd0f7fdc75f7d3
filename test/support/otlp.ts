/**
 * OTLP messages byte by byte, for tests: the field numbers come from the protocol's specification
 * (opentelemetry-proto 1.x), not from the backend's schema.
 */
import { randomBytes } from 'node:crypto';
import * as grpc from '@grpc/grpc-js';

/** A span to be sent. What is missing is not encoded at all. */
export interface SpanInput {
  traceId?: string;
  spanId?: string;
  parentId?: string;
  name?: string;
  kind?: number;
  startNs?: bigint;
  endNs?: bigint;
  attributes?: Record<string, Value>;
  events?: { name: string; timeNs: bigint; attributes?: Record<string, Value> }[];
  links?: { traceId: string; spanId: string }[];
  status?: { code: number; message?: string };
  traceState?: string;
}

/** A log record to be sent. What is missing is not encoded at all. */
export interface LogInput {
  timeNs?: bigint;
  observedNs?: bigint;
  severityNumber?: number;
  severityText?: string;
  body?: Value;
  attributes?: Record<string, Value>;
  dropped?: number;
  traceId?: string;
  spanId?: string;
  eventName?: string;
}

/** An attribute's value: bigint is an integer, number a double, a list an array, an object a map. */
export type Value =
  string | boolean | number | bigint | Uint8Array | Value[] | { [key: string]: Value } | null;

export const someTraceId = () => randomBytes(16).toString('hex');
export const someSpanId = () => randomBytes(8).toString('hex');

/** A span that lasts 1 ms and has what every span has. */
export function someSpan(input: SpanInput = {}): SpanInput & { traceId: string; spanId: string } {
  const startNs = input.startNs ?? BigInt(Date.now()) * 1_000_000n;
  return {
    traceId: someTraceId(),
    spanId: someSpanId(),
    name: 'GET /bands/:id',
    kind: 2,
    startNs,
    endNs: startNs + 1_000_000n,
    ...input,
  };
}

/** A log record of the severity INFO, logged now and outside a trace. */
export function someLog(input: LogInput = {}): LogInput & { timeNs: bigint } {
  return { timeNs: BigInt(Date.now()) * 1_000_000n, severityNumber: 9, body: 'incoming request', ...input };
}

export function varintField(number: number, value: number | bigint): Buffer {
  return Buffer.concat([tag(number, 0), varint(BigInt.asUintN(64, BigInt(value)))]);
}

export function fixed64Field(number: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return Buffer.concat([tag(number, 1), bytes]);
}

export function doubleField(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([tag(number, 1), bytes]);
}

/** A string, bytes, or a message of the parts given. */
export function bytesField(number: number, ...parts: (string | Uint8Array)[]): Buffer {
  const value = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([tag(number, 2), varint(BigInt(value.length)), value]);
}

export function tag(number: number, wireType: number): Buffer {
  return varint(BigInt(number) * 8n + BigInt(wireType));
}

export function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (; value > 0x7fn; value >>= 7n) bytes.push(Number(value & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(value)]);
}

export function encodeSpan(span: SpanInput): Buffer {
  const { traceId, spanId, traceState, parentId, name, kind, startNs, endNs, status } = span;
  return Buffer.concat([
    ...(traceId === undefined ? [] : [bytesField(1, Buffer.from(traceId, 'hex'))]),
    ...(spanId === undefined ? [] : [bytesField(2, Buffer.from(spanId, 'hex'))]),
    ...(traceState === undefined ? [] : [bytesField(3, traceState)]),
    ...(parentId === undefined ? [] : [bytesField(4, Buffer.from(parentId, 'hex'))]),
    ...(name === undefined ? [] : [bytesField(5, name)]),
    ...(kind === undefined ? [] : [varintField(6, kind)]),
    ...(startNs === undefined ? [] : [fixed64Field(7, startNs)]),
    ...(endNs === undefined ? [] : [fixed64Field(8, endNs)]),
    ...encodeAttributes(9, span.attributes),
    ...(span.events ?? []).map((event) =>
      bytesField(
        11,
        fixed64Field(1, event.timeNs),
        bytesField(2, event.name),
        ...encodeAttributes(3, event.attributes),
      ),
    ),
    ...(span.links ?? []).map((link) =>
      bytesField(
        13,
        bytesField(1, Buffer.from(link.traceId, 'hex')),
        bytesField(2, Buffer.from(link.spanId, 'hex')),
      ),
    ),
    ...(status ? [bytesField(15, bytesField(2, status.message ?? ''), varintField(3, status.code))] : []),
  ]);
}

export function encodeLog(log: LogInput): Buffer {
  const { timeNs, observedNs, severityNumber, severityText, body, dropped, traceId, spanId, eventName } = log;
  return Buffer.concat([
    ...(timeNs === undefined ? [] : [fixed64Field(1, timeNs)]),
    ...(severityNumber === undefined ? [] : [varintField(2, severityNumber)]),
    ...(severityText === undefined ? [] : [bytesField(3, severityText)]),
    ...(body === undefined ? [] : [bytesField(5, encodeValue(body))]),
    ...encodeAttributes(6, log.attributes),
    ...(dropped === undefined ? [] : [varintField(7, dropped)]),
    ...(traceId === undefined ? [] : [bytesField(9, Buffer.from(traceId, 'hex'))]),
    ...(spanId === undefined ? [] : [bytesField(10, Buffer.from(spanId, 'hex'))]),
    ...(observedNs === undefined ? [] : [fixed64Field(11, observedNs)]),
    ...(eventName === undefined ? [] : [bytesField(12, eventName)]),
  ]);
}

/** What surrounds spans: attributes of the resource, and the scope. */
export interface Surroundings {
  resource?: Record<string, Value>;
  scope?: { name: string; version?: string };
}

/** An ExportTraceServiceRequest with spans of one scope. */
export function encodeRequest(
  spans: (SpanInput | Buffer)[],
  surroundings: Surroundings | string = 'bands-api',
): Buffer {
  return encodeItems(
    spans.map((span) => (Buffer.isBuffer(span) ? span : encodeSpan(span))),
    surroundings,
  );
}

/** An ExportLogsServiceRequest with log records of one scope. */
export function encodeLogRequest(
  logs: LogInput[],
  surroundings: Surroundings | string = 'bands-api',
): Buffer {
  return encodeItems(logs.map(encodeLog), surroundings);
}

/** The requests of both signals have the same fields. */
function encodeItems(items: Buffer[], surroundings: Surroundings | string): Buffer {
  const { resource = {}, scope } =
    typeof surroundings === 'string' ? { resource: { 'service.name': surroundings } } : surroundings;
  const scopeBytes = scope ? [bytesField(1, scope.name), bytesField(2, scope.version ?? '')] : [];
  return bytesField(
    1,
    bytesField(1, ...encodeAttributes(1, resource)),
    bytesField(2, bytesField(1, ...scopeBytes), ...items.map((item) => bytesField(2, item))),
  );
}

function encodeAttributes(number: number, attributes: Record<string, Value> = {}): Buffer[] {
  return Object.entries(attributes).map(([key, value]) => bytesField(number, encodeKeyValue(key, value)));
}

function encodeKeyValue(key: string, value: Value): Buffer {
  return Buffer.concat([bytesField(1, key), bytesField(2, encodeValue(value))]);
}

export function encodeValue(value: Value): Buffer {
  if (value === null) return Buffer.alloc(0);
  if (typeof value === 'string') return bytesField(1, value);
  if (typeof value === 'boolean') return varintField(2, value ? 1 : 0);
  if (typeof value === 'bigint') return varintField(3, value);
  if (typeof value === 'number') return doubleField(4, value);
  if (value instanceof Uint8Array) return bytesField(7, value);
  if (Array.isArray(value)) return bytesField(5, ...value.map((item) => bytesField(1, encodeValue(item))));
  return bytesField(
    6,
    ...Object.entries(value).map(([key, inner]) => bytesField(1, encodeKeyValue(key, inner))),
  );
}

/** Sends a body over OTLP/HTTP. */
export function sendHttp(
  otlpHttpUrl: string,
  body: Buffer | string,
  headers: Record<string, string> = {},
  path = '/v1/traces',
): Promise<Response> {
  return fetch(otlpHttpUrl + path, {
    method: 'POST',
    headers: {
      'content-type': typeof body === 'string' ? 'application/json' : 'application/x-protobuf',
      ...headers,
    },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
}

/** Sends log records over OTLP/HTTP. */
export function sendLogs(
  otlpHttpUrl: string,
  body: Buffer | string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return sendHttp(otlpHttpUrl, body, headers, '/v1/logs');
}

/** What came of a call over gRPC: the status code, and the bytes of the answer if it was OK. */
export interface GrpcOutcome {
  code: number;
  details: string;
  answer: Buffer;
}

function plain(bytes: Buffer): Buffer {
  return bytes;
}

/** Sends bytes to a method of a gRPC server, OTLP's Export if nothing else is said, gzipped if asked to. */
export async function sendGrpc(
  otlpGrpcUrl: string,
  message: Buffer,
  { gzip = false, method = '/opentelemetry.proto.collector.trace.v1.TraceService/Export' } = {},
): Promise<GrpcOutcome> {
  const client = new grpc.Client(new URL(otlpGrpcUrl).host, grpc.credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
    'grpc.default_compression_algorithm': gzip ? 2 : 0,
  });
  try {
    return await new Promise((resolve) => {
      client.makeUnaryRequest(method, plain, plain, message, (error, answer) =>
        resolve(
          error
            ? { code: error.code, details: error.details, answer: Buffer.alloc(0) }
            : { code: grpc.status.OK, details: '', answer: answer! },
        ),
      );
    });
  } finally {
    client.close();
  }
}
