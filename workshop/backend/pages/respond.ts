import { promisify } from 'node:util';
import { gzip as gzipWithCallback } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

const gzip = promisify(gzipWithCallback);

/** Less than this is sent as it is: packing would not pay. Bytes. */
const WORTH_PACKING = 1_024;
/** Of zlib's levels the fastest, because the way to a browser on the same machine is short. */
const LEVEL = 1;

/**
 * Headers of every page and of what it loads. Nothing comes from elsewhere, and no script or style stands in a
 * document, so that text from a span could never be run even if it got there (Content Security Policy Level 3).
 */
export const pageHeaders = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

/** Sends a page. */
export function sendPage(reply: FastifyReply, html: string): FastifyReply {
  return reply
    .headers(pageHeaders)
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-cache')
    .send(html);
}

/** Whether what the asker has already is what it would get; then that is what the answer says. */
export function isKnown(request: FastifyRequest, reply: FastifyReply, etag: string): boolean {
  reply.headers(pageHeaders).header('etag', etag).header('cache-control', 'no-cache');
  if (request.headers['if-none-match'] !== etag) return false;
  reply.code(304);
  return true;
}

/** Sends JSON, packed where the asker can unpack it. */
export async function sendJson(
  request: FastifyRequest,
  reply: FastifyReply,
  data: unknown,
): Promise<FastifyReply> {
  const text = Buffer.from(JSON.stringify(data));
  reply.header('content-type', 'application/json; charset=utf-8').header('vary', 'accept-encoding');
  if (text.length < WORTH_PACKING || !takesGzip(request)) return reply.send(text);
  return reply.header('content-encoding', 'gzip').send(await gzip(text, { level: LEVEL }));
}

/** Whether the asker can unpack gzip. */
export function takesGzip(request: FastifyRequest): boolean {
  return /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
}
