import { createServer } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import { type LoopbackListener, listenOnLoopback } from '../../net/loopback.ts';
import { MalformedError } from '../otlp/arrival.ts';
import type { Receiver } from '../store/intake.ts';
import { MAX_MESSAGE_BYTES, noMetrics, protobufResponse } from './responses.ts';

/** The only method of each OTLP/gRPC service. Messages stay encoded, because a store reads only what it needs. */
function exportMethod(grpcService: string): grpc.ServiceDefinition {
  return {
    Export: {
      path: `/${grpcService}/Export`,
      requestStream: false,
      responseStream: false,
      requestSerialize: (bytes: Buffer) => bytes,
      requestDeserialize: (bytes: Buffer) => bytes,
      responseSerialize: (bytes: Buffer) => bytes,
      responseDeserialize: (bytes: Buffer) => bytes,
    },
  };
}

type Call = grpc.ServerUnaryCall<Buffer, Buffer>;
type Respond = grpc.sendUnaryData<Buffer>;

/**
 * Receives OTLP over gRPC, with or without gzip.
 * @throws PortInUseError
 */
export async function receiveGrpc(stores: readonly Receiver[], port: number): Promise<LoopbackListener> {
  const server = new grpc.Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });
  for (const store of stores) {
    server.addService(exportMethod(store.signal.grpcService), {
      Export: ({ request }: Call, respond: Respond) => {
        try {
          respond(null, protobufResponse(store.signal, store.add(request)));
        } catch (error) {
          if (!(error instanceof MalformedError)) throw error;
          respond({ code: grpc.status.INVALID_ARGUMENT, details: `This is not OTLP: ${error.message}.` });
        }
      },
    });
  }
  server.addService(exportMethod('opentelemetry.proto.collector.metrics.v1.MetricsService'), {
    Export: (_call: Call, respond: Respond) =>
      respond({ code: grpc.status.UNIMPLEMENTED, details: noMetrics }),
  });
  // grpc-js could bind to names and addresses itself, but does not say if it got only one of the two.
  const connections = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
  const listener = await listenOnLoopback(
    () => createServer({ noDelay: true }, (socket) => connections.injectConnection(socket)),
    port,
  );
  const close = async () => {
    server.forceShutdown();
    await listener.close();
  };
  return { port: listener.port, close };
}
