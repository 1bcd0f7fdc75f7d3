import { createServer } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type LoopbackListener, listenOnLoopback } from '../net/loopback.ts';

/** By this header an answer of the embedded backend can be told from one of Jaeger. */
const backendHeader = { name: 'x-trace-backend', value: 'embedded' };

const localHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * `bodyLimit` in bytes; `refuse` answers a request that comes to no route, because its path cannot be decoded or its
 * host is not local: the status is set, and the message is a sentence.
 */
export interface LocalAppOptions {
  bodyLimit?: number;
  refuse: (request: FastifyRequest, reply: FastifyReply, message: string) => unknown;
}

const LONGEST_PARAMETER = 16_384; // of a path, as long as all headers may be

/**
 * A Fastify instance for requests of this machine. It refuses a Host header that is not local: a page on the web could
 * otherwise give itself a name that leads to 127.0.0.1 and read what is here (DNS rebinding).
 */
export function localApp({ bodyLimit = 1024 * 1024, refuse }: LocalAppOptions): FastifyInstance {
  const isRefused = (request: FastifyRequest, reply: FastifyReply) => {
    reply.header(backendHeader.name, backendHeader.value);
    const { host = '' } = request.headers;
    if (localHost.test(host)) return false;
    refuse(request, reply.code(403), `The host "${host}" is not local: use localhost, 127.0.0.1 or [::1].`);
    return true;
  };
  const app: FastifyInstance = Fastify({
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: LONGEST_PARAMETER },
    bodyLimit,
    frameworkErrors(error, incoming, reply: FastifyReply) {
      const request = incoming as FastifyRequest;
      if (!isRefused(request, reply)) refuse(request, reply.code(400), error.message);
    },
  });
  app.addHook('onRequest', async (request, reply) => (isRefused(request, reply) ? reply : undefined));
  return app;
}

/**
 * Lets a Fastify instance answer on a port.
 * @throws PortInUseError
 */
export async function listen(app: FastifyInstance, port: number): Promise<LoopbackListener> {
  await app.ready();
  const listener = await listenOnLoopback(() => createServer(app.routing), port);
  const close = async () => {
    await listener.close();
    await app.close();
  };
  return { port: listener.port, close };
}
