import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import { listenOnLoopback } from '#workshop/net/loopback';

const CHECK_EVERY_MS = 1_000;

/** What became of the exports over OTLP/gRPC, in numbers. */
export interface Passed {
  /** A backend has accepted it at the first attempt. */
  atOnce: number;
  /** A backend has accepted it later, after another one did not respond. */
  later: number;
  /** The sender was told that it failed. */
  failed: number;
}

/** An ingress in front of several trace backends, which looks to senders like one. */
export interface Balancer {
  address: string;
  passed: Passed;
  close(): Promise<void>;
}

/** The method of OTLP/gRPC for traces. Messages stay bytes: the balancer doesn't need to know what they mean. */
const method = {
  path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  requestStream: false,
  responseStream: false,
  requestSerialize: (message: Buffer) => message,
  requestDeserialize: (message: Buffer) => message,
  responseSerialize: (message: Buffer) => message,
  responseDeserialize: (message: Buffer) => message,
} as const;

const nothing = Buffer.alloc(0); // as a message, a request without spans, which every backend accepts

/** Passes each export on to one of the backends (`host:port`) in turn, except for those that don't respond. */
export async function startBalancer(addresses: readonly string[]): Promise<Balancer> {
  const backends = addresses.map((address) => ({ client: clientOf(address), isUp: true }));
  const passed: Passed = { atOnce: 0, later: 0, failed: 0 };
  const checks = new EventEmitter<{ done: [] }>().setMaxListeners(0); // any number of exports can wait for a check
  let turn = 0;

  const checking = setInterval(async () => {
    await Promise.all(
      backends.map(async (backend) => {
        const response = send(backend.client, nothing, Date.now() + CHECK_EVERY_MS);
        backend.isUp = await response.then(
          () => true,
          () => false,
        );
      }),
    );
    checks.emit('done');
  }, CHECK_EVERY_MS);

  const server = new grpc.Server();
  server.addService(
    { Export: method },
    {
      Export: (call: grpc.ServerUnaryCall<Buffer, Buffer>, respond: grpc.sendUnaryData<Buffer>) =>
        pass(call.request, Number(call.getDeadline())).then((response) => respond(null, response), respond),
    },
  );
  const connections = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
  const listener = await listenOnLoopback(
    () => createServer({ noDelay: true }, (socket) => connections.injectConnection(socket)),
    0,
  );
  return {
    address: `localhost:${listener.port}`,
    passed,
    async close() {
      clearInterval(checking);
      server.forceShutdown();
      await listener.close();
      for (const { client } of backends) client.close();
    },
  };

  /** If the backend whose turn it is doesn't respond, waits for the next check, which leaves it out or finds that it is back. */
  async function pass(message: Buffer, deadline: number): Promise<Buffer> {
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await send(next(), message, deadline);
        passed[attempt === 1 ? 'atOnce' : 'later']++;
        return response;
      } catch (error) {
        const isUnavailable = (error as grpc.ServiceError).code === grpc.status.UNAVAILABLE;
        if (!isUnavailable || Date.now() > deadline) {
          passed.failed++;
          throw error;
        }
        await once(checks, 'done');
      }
    }
  }

  /** The client of the next backend that responds or, if none does, of the next one. */
  function next(): grpc.Client {
    const up = backends.filter(({ isUp }) => isUp);
    const candidates = up.length > 0 ? up : backends;
    return candidates[turn++ % candidates.length]!.client;
  }
}

function clientOf(address: string): grpc.Client {
  const options = { 'grpc.max_reconnect_backoff_ms': CHECK_EVERY_MS };
  return new grpc.Client(address, grpc.credentials.createInsecure(), options);
}

function send(client: grpc.Client, message: Buffer, deadline: number): Promise<Buffer> {
  const { path, requestSerialize, responseDeserialize } = method;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      message,
      { deadline },
      (error, response) => (error ? reject(error) : resolve(response!)),
    );
  });
}
