import { createServer } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Listener, listenOnLoopback } from './loopback.ts';

/** By this header an answer of the embedded backend can be told from one of Jaeger. */
export const backendHeader = { name: 'x-trace-backend', value: 'embedded' };

const localHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/** `bodyLimit` in bytes; `answerBadUrl` answers a request whose path cannot be decoded, with 400 in words if not given. */
export interface LocalAppOptions {
  bodyLimit?: number;
  answerBadUrl?: (request: FastifyRequest, reply: FastifyReply, message: string) => unknown;
}

/**
 * A Fastify instance for requests of this machine. It refuses a Host header that is not local: a page on the web could
 * otherwise give itself a name that leads to 127.0.0.1 and read what is here (DNS rebinding).
 */
export function localApp({
  bodyLimit = 1024 * 1024,
  answerBadUrl = (_request, reply, message) => reply.code(400).send(message),
}: LocalAppOptions = {}): FastifyInstance {
  const app: FastifyInstance = Fastify({
    routerOptions: { ignoreTrailingSlash: true },
    bodyLimit,
    frameworkErrors: (error, request, reply: FastifyReply) =>
      void answerBadUrl(request as FastifyRequest, reply, error.message),
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.header(backendHeader.name, backendHeader.value);
    if (localHost.test(request.headers.host ?? '')) return;
    reply.code(403);
    throw new Error(
      `The host "${request.headers.host ?? ''}" is not local: use localhost, 127.0.0.1 or [::1].`,
    );
  });
  return app;
}

/**
 * Lets a Fastify instance answer on a port.
 * @throws PortInUseError
 */
export async function listen(app: FastifyInstance, port: number): Promise<Listener> {
  await app.ready();
  const listener = await listenOnLoopback(() => createServer(app.routing), port);
  const close = async () => {
    await listener.close();
    await app.close();
  };
  return { port: listener.port, close };
}
