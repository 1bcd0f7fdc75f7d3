import { fileURLToPath } from 'node:url';
import type { MethodDefinition } from '@grpc/proto-loader';

/** Encodes an object of the shape of ExportTraceServiceRequest in trace.proto; fields that are missing are left out. */
export type EncodeRequest = (request: object) => Buffer;

let loading: Promise<EncodeRequest> | undefined;

/** The encoder of trace.proto. It takes a moment the first time, and only those who send JSON wait for it. */
export function requestEncoder(): Promise<EncodeRequest> {
  return (loading ??= loadEncoder());
}

async function loadEncoder(): Promise<EncodeRequest> {
  const { load } = await import('@grpc/proto-loader');
  const definition = await load(fileURLToPath(new URL('trace.proto', import.meta.url)));
  const service = definition['opentelemetry.proto.collector.trace.v1.TraceService'] as {
    Export: MethodDefinition<object, object>;
  };
  return (request) => service.Export.requestSerialize(request);
}
