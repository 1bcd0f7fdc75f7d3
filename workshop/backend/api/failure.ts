import type { FastifyRequest } from 'fastify';

/** Whether a request is for the query API, of any version. */
export function isApi({ url }: Pick<FastifyRequest, 'url'>): boolean {
  return url.startsWith('/api/');
}

/** The response to a request that failed: v1 has an envelope, v3 has none (Jaeger's jaegerquery/internal). */
export function failure({ url }: Pick<FastifyRequest, 'url'>, code: number, message: string): object {
  return url.startsWith('/api/v3/')
    ? { error: { httpCode: code, message } }
    : { data: null, total: 0, limit: 0, offset: 0, errors: [{ code, msg: message }] };
}
