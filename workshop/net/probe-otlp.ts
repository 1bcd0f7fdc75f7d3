import { accepts } from './accepts.ts';
import { callGrpc, type CallOptions } from './call-grpc.ts';
import { placeOf } from './ports.ts';

/** What listens at a URL: nothing, something that receives spans over OTLP/gRPC, or another program. */
export type OtlpListener = 'nothing' | 'otlp' | 'other';

/**
 * Finds out whether something receives spans over OTLP/gRPC at a URL, with an empty ExportTraceServiceRequest, as the OTLP
 * specification ("OTLP/gRPC") describes it.
 */
export async function probeOtlp(url: string, options: CallOptions = {}): Promise<OtlpListener> {
  const { host, port } = placeOf(url);
  if (!(await accepts(port, host))) return 'nothing';
  const method = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
  const status = await callGrpc(url, method, options);
  return status === '0' ? 'otlp' : 'other';
}
