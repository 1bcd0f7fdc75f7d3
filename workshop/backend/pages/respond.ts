import { promisify } from 'node:util';
import { gzip as gzipWithCallback } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

const gzip = promisify(gzipWithCallback);

/** Smaller responses aren't compressed, because they would gain nothing. Bytes. */
const WORTH_COMPRESSING = 1_024;
const gzipOptions = {
  /** The fastest, because the browser is on the same machine. */
  level: 1,
  /** zlib waits for a turn of the event loop after each chunk, which takes long while the backend reads log records. Bytes. */
  chunkSize: 1024 * 1024,
};

/**
 * Headers of every page and of what it loads. Nothing comes from other origins, and documents contain no inline scripts
 * or styles, so that text from a span can't run even if it gets into a document (Content Security Policy Level 3).
 */
export const pageHeaders = headersWith({ frames: 'none', framedBy: 'none' });

/** These headers for a page that may contain frames of its own origin, or be in one. */
export function headersWith({ frames, framedBy }: Record<'frames' | 'framedBy', 'none' | 'self'>) {
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      "connect-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      `frame-src '${frames}'`,
      `frame-ancestors '${framedBy}'`,
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
  };
}

/** Sends a page. */
export function sendPage(reply: FastifyReply, html: string, headers = pageHeaders): FastifyReply {
  return reply
    .headers(headers)
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-cache')
    .send(html);
}

/** Whether the client already has the current version. If so, the response is 304. */
export function isKnown(request: FastifyRequest, reply: FastifyReply, etag: string): boolean {
  reply.headers(pageHeaders).header('etag', etag).header('cache-control', 'no-cache');
  if (request.headers['if-none-match'] !== etag) return false;
  reply.code(304);
  return true;
}

/** Sends JSON, compressed if the client accepts gzip. */
export async function sendJson(
  request: FastifyRequest,
  reply: FastifyReply,
  data: unknown,
): Promise<FastifyReply> {
  const text = Buffer.from(JSON.stringify(data));
  reply.header('content-type', 'application/json; charset=utf-8').header('vary', 'accept-encoding');
  if (text.length < WORTH_COMPRESSING || !acceptsGzip(request)) return reply.send(text);
  return reply.header('content-encoding', 'gzip').send(await gzip(text, gzipOptions));
}

/** Whether the client accepts gzip. */
export function acceptsGzip(request: FastifyRequest): boolean {
  return /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
}
