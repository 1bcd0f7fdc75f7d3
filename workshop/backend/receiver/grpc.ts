import { createServer } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import { type LoopbackListener, listenOnLoopback } from '../../net/loopback.ts';
import { MalformedError } from '../otlp/arrival.ts';
import type { TraceStore } from '../store/store.ts';
import { MAX_MESSAGE_BYTES, protobufResponse } from './responses.ts';

/** TraceService of OTLP/gRPC. Messages stay encoded: the store reads what it needs of them. */
const traceService: grpc.ServiceDefinition = {
  Export: {
    path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    requestStream: false,
    responseStream: false,
    requestSerialize: (bytes: Buffer) => bytes,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: (bytes: Buffer) => bytes,
  },
};

/**
 * Receives OTLP over gRPC, gzip or not.
 * @throws PortInUseError
 */
export async function receiveGrpc(store: TraceStore, port: number): Promise<LoopbackListener> {
  const server = new grpc.Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });
  server.addService(traceService, {
    Export: (call: grpc.ServerUnaryCall<Buffer, Buffer>, respond: grpc.sendUnaryData<Buffer>) => {
      try {
        respond(null, protobufResponse(store.add(call.request)));
      } catch (error) {
        if (!(error instanceof MalformedError)) throw error;
        respond({ code: grpc.status.INVALID_ARGUMENT, details: `This is not OTLP: ${error.message}.` });
      }
    },
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
