import { rpcStatus, type Signal } from '../otlp/messages.ts';
import type { Added } from '../store/intake.ts';

/** The maximum size of a message after decompression, as the OTLP specification ("OTLP/gRPC", "OTLP/HTTP") recommends. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** The export response of a signal in protobuf: empty if everything was accepted, otherwise with a partial success. */
export function protobufResponse(signal: Signal, { rejected, reason }: Added): Buffer {
  if (reason === '') return Buffer.alloc(0);
  const partialSuccess = { ...(rejected > 0 && { [signal.rejected]: rejected }), errorMessage: reason };
  return Buffer.from(signal.response.encode({ partialSuccess }).finish());
}

/** The same in JSON. */
export function jsonResponse(signal: Signal, { rejected, reason }: Added): object {
  if (reason === '') return {};
  return { partialSuccess: { [signal.rejected]: String(rejected), errorMessage: reason } };
}

/** Why metrics are rejected. An exporter that gets this status doesn't try again. */
export const noMetrics =
  'This backend stores traces and logs, but no metrics: set OTEL_METRICS_EXPORTER=none, or send them elsewhere.';

/** A google.rpc.Status in protobuf, the body of an OTLP/HTTP error. */
export function errorStatus(code: number, message: string): Buffer {
  return Buffer.from(rpcStatus.encode({ code, message }).finish());
}
