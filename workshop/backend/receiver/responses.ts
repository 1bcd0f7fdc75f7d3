import { exportResponse, rpcStatus } from '../otlp/messages.ts';
import type { Added } from '../store/store.ts';

/** The largest message taken, after decompression: what the OTLP specification ("OTLP/gRPC", "OTLP/HTTP") recommends. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** An ExportTraceServiceResponse in protobuf: empty if all was taken, otherwise with a partial success. */
export function protobufResponse({ rejected, reason }: Added): Buffer {
  if (reason === '') return Buffer.alloc(0);
  const partialSuccess = { ...(rejected > 0 && { rejectedSpans: rejected }), errorMessage: reason };
  return Buffer.from(exportResponse.encode({ partialSuccess }).finish());
}

/** The same in JSON. */
export function jsonResponse({ rejected, reason }: Added): object {
  return reason === '' ? {} : { partialSuccess: { rejectedSpans: String(rejected), errorMessage: reason } };
}

/** A google.rpc.Status in protobuf, the body of an error of OTLP/HTTP. */
export function errorStatus(code: number, message: string): Buffer {
  return Buffer.from(rpcStatus.encode({ code, message }).finish());
}
