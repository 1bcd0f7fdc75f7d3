import { createServer } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type LoopbackListener, listenOnLoopback } from '../net/loopback.ts';

/** This header distinguishes a response of the embedded backend from one of Jaeger. */
const backendHeaders = { 'x-trace-backend': 'embedded' };

const localHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * `bodyLimit` in bytes; `refuse` responds to a request that doesn't reach a route, because its path can't be decoded or
 * its host isn't local: the status is set, and the message is a sentence. `headers` are part of every response.
 */
export interface LocalAppOptions {
  bodyLimit?: number;
  headers?: Record<string, string>;
  refuse: (request: FastifyRequest, reply: FastifyReply, message: string) => unknown;
}

const LONGEST_PARAMETER = 16_384; // in a path: Node's limit for all headers together

/**
 * A Fastify instance for requests from this machine. It refuses a Host header that isn't local. Otherwise, a page on the
 * web could use a name that resolves to 127.0.0.1, and read the traces (DNS rebinding).
 */
export function localApp({
  bodyLimit = 1024 * 1024,
  headers = backendHeaders,
  refuse,
}: LocalAppOptions): FastifyInstance {
  const isRefused = (request: FastifyRequest, reply: FastifyReply) => {
    reply.headers(headers);
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
 * Makes a Fastify instance listen on a port.
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
