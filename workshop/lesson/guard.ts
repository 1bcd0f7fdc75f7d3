import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { tokenHeader } from '../viewer/lesson/session-state.ts';

/**
 * Why a request may not change anything, in a sentence; undefined if it may. It must be a POST of our own page, which knows
 * the token. Another page in the same browser doesn't know it, and can't send the header without permission (Fetch
 * standard, "CORS protocol"). That the host is local was checked before.
 */
export function whyRefused({ method, headers }: FastifyRequest, token: string): string | undefined {
  if (method !== 'POST') return `${method} changes nothing here.`;
  if (headers.origin !== `http://${headers.host}`) return 'This request is from another page.';
  if (!isSame(String(headers[tokenHeader] ?? ''), token))
    return 'This page does not belong to the running npm run lesson. Open the address that the command printed.';
  return undefined;
}

/** Compares two texts in a time that doesn't depend on where they differ. */
function isSame(text: string, secret: string): boolean {
  const [a, b] = [Buffer.from(text), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}
