import type { Added } from '../store/store.ts';

/** The largest message taken, after decompression: what the OTLP specification ("OTLP/gRPC", "OTLP/HTTP") recommends. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/**
 * ExportTraceServiceResponse in protobuf: nothing if all was taken, otherwise partial_success (field 1) with
 * rejected_spans (1) and error_message (2).
 */
export function partialSuccess({ rejected, reason }: Added): Buffer {
  if (rejected === 0) return Buffer.alloc(0);
  const message = Buffer.from(reason);
  const inner = Buffer.from([0x08, ...varint(rejected), 0x12, ...varint(message.length), ...message]);
  return Buffer.from([0x0a, ...varint(inner.length), ...inner]);
}

/** google.rpc.Status in protobuf, the body of an error of OTLP/HTTP: code (field 1) and message (2). */
export function errorStatus(code: number, text: string): Buffer {
  const message = Buffer.from(text);
  return Buffer.from([0x08, ...varint(code), 0x12, ...varint(message.length), ...message]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 0x7f; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  return [...bytes, value];
}
