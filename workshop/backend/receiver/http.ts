import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import * as grpc from '@grpc/grpc-js';
import cors from '@fastify/cors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Decompress as DecompressZstd } from 'fzstd';
import { listen, localApp } from '../local-app.ts';
import type { LoopbackListener } from '../../net/loopback.ts';
import { MalformedError } from '../otlp/arrival.ts';
import { JsonError, requestFromJson } from '../otlp/json.ts';
import type { Added, Receiver } from '../store/intake.ts';
import { errorStatus, jsonResponse, MAX_MESSAGE_BYTES, noMetrics, protobufResponse } from './responses.ts';
import { listed } from '../../listed.ts';

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

/** A request is rejected with an HTTP status. */
class Refusal extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/**
 * Receives OTLP over HTTP: POST /v1/traces and /v1/logs with protobuf or JSON, uncompressed or compressed with gzip,
 * deflate, or zstd.
 * @throws PortInUseError
 */
export async function receiveHttp(stores: readonly Receiver[], port: number): Promise<LoopbackListener> {
  const app = localApp({
    bodyLimit: MAX_MESSAGE_BYTES,
    refuse: sendError,
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser([PROTOBUF, JSON_TYPE], { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );

  // Pages on this machine may send, too, but no other pages: see the Fetch standard, "CORS protocol". Exporters may add
  // headers of any name, and sendBeacon, which older exporters use, sends credentials.
  await app.register(cors, { origin: localOrigin, methods: 'POST', credentials: true });

  for (const store of stores) {
    app.post(store.signal.httpPath, async (request, reply) => {
      const body = await decompressed(
        request.body as Buffer | undefined,
        request.headers['content-encoding'],
      );
      if (isJson(request)) return jsonResponse(store.signal, addJson(store, body));
      return reply.type(PROTOBUF).send(protobufResponse(store.signal, store.add(body)));
    });
  }
  app.setNotFoundHandler(({ url, method }, reply) => {
    const path = url.replace(/\/?(\?.*)?$/, '');
    if (path === '/v1/metrics') throw new Refusal(404, noMetrics);
    if (!stores.some(({ signal }) => signal.httpPath === path)) {
      const where = listed(stores.map(({ signal }) => `${signal.itemName}s to ${signal.httpPath}`));
      throw new Refusal(404, `Send ${where}, not to ${url}.`);
    }
    reply.header('allow', 'POST');
    throw new Refusal(405, `Use POST for ${path}, not ${method}.`);
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const { statusCode, message } = refusalFor(error, reply.statusCode);
    return sendError(request, reply.code(statusCode), message);
  });
  return listen(app, port);
}

function isJson(request: FastifyRequest): boolean {
  return /^application\/json\b/i.test(request.headers['content-type'] ?? '');
}

function addJson(store: Receiver, body: Buffer): Added {
  const { message, unknown } = requestFromJson(store.signal, body);
  return store.add(message, unknown);
}

/** By their names in Content-Encoding, which are case-insensitive (RFC 9110, section 8.4.1). */
const decompressors = new Map<string, (body: Buffer) => Promise<Buffer>>([
  ['gzip', (body) => promisify<Buffer, object, Buffer>(gunzip)(body, limits)],
  ['x-gzip', (body) => promisify<Buffer, object, Buffer>(gunzip)(body, limits)],
  ['deflate', (body) => promisify<Buffer, object, Buffer>(inflate)(body, limits)],
  ['zstd', unzstd],
]);
const limits = { maxOutputLength: MAX_MESSAGE_BYTES };

const localOrigin = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

async function decompressed(body: Buffer | undefined, encoding = 'identity'): Promise<Buffer> {
  if (!body || encoding.toLowerCase() === 'identity') return body ?? Buffer.alloc(0);
  const decompress = decompressors.get(encoding.toLowerCase());
  if (!decompress) throw new Refusal(415, `The encoding "${encoding}" is unknown: use gzip.`);
  return decompress(body);
}

/** Node.js 20 has no zstd. */
async function unzstd(body: Buffer): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const stream = new DecompressZstd((chunk) => {
    size += chunk.length;
    if (size > MAX_MESSAGE_BYTES) throw tooLarge();
    chunks.push(chunk);
  });
  try {
    stream.push(body, true);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw notDecompressed(error as Error);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): Refusal {
  const limit = `${MAX_MESSAGE_BYTES / 1024 / 1024} MiB`;
  return new Refusal(413, `The message is larger than ${limit}: send smaller batches.`);
}

function notDecompressed({ message }: Error): Refusal {
  return new Refusal(400, `Decompressing the body failed: ${message}.`);
}

/** Bad data is the sender's fault; the status must not suggest trying again. */
function refusalFor(error: Error & { statusCode?: number; code?: string }, statusSoFar: number): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof MalformedError || error instanceof JsonError)
    return new Refusal(400, `This is not OTLP: ${error.message}.`);
  if (error.code === 'ERR_BUFFER_TOO_LARGE' || error.statusCode === 413) return tooLarge();
  if (error.code?.startsWith('Z_')) return notDecompressed(error);
  if (error.statusCode === 415)
    return new Refusal(415, `The content type must be ${PROTOBUF} or ${JSON_TYPE}.`);
  return new Refusal(error.statusCode ?? (statusSoFar >= 400 ? statusSoFar : 500), error.message);
}

/** The codes of errors by HTTP status; others are INVALID_ARGUMENT, or INTERNAL from 500 on. */
const codes: Readonly<Record<number, grpc.status>> = {
  404: grpc.status.UNIMPLEMENTED,
  405: grpc.status.UNIMPLEMENTED,
  413: grpc.status.RESOURCE_EXHAUSTED,
};

/** OTLP/HTTP, "Failures": the body is a google.rpc.Status in the content type of the request. */
function sendError(request: FastifyRequest, reply: FastifyReply, message: string): FastifyReply {
  const { INVALID_ARGUMENT, INTERNAL } = grpc.status;
  const code = codes[reply.statusCode] ?? (reply.statusCode < 500 ? INVALID_ARGUMENT : INTERNAL);
  const isProtobuf = request.headers['content-type']?.toLowerCase().startsWith(PROTOBUF);
  return isProtobuf ? reply.type(PROTOBUF).send(errorStatus(code, message)) : reply.send({ code, message });
}
