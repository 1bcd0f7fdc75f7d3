import {
  createServer as createHttpServer,
  request,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { listenOnLoopback, type LoopbackListener } from '../net/loopback.ts';

/** A header as it was sent, name and value. A name can occur more than once. */
export type Header = readonly [name: string, value: string];

/** A request that passed through a relay, and its response. Times are ms since 1970. */
export interface Exchange {
  /** The program that sent the request: a service, or `run.ts`. */
  from: string;
  /** The service that should respond. */
  to: string;
  method: string;
  /** Path and query. */
  path: string;
  headers: Header[];
  startMs: number;
  /** Why there was no response. Missing while the service may still respond, and if the caller closed the connection. */
  error?: string;
  /** Missing if there was no response. */
  response?: Response;
}

/** A response as it was sent. */
export interface Response {
  status: number;
  headers: Header[];
  body: string;
  endMs: number;
}

export interface RelayOptions {
  from: string;
  to: string;
  /** The port of the service. */
  port: () => number;
  onExchange?: (exchange: Exchange) => void;
  /** Whether to close the connection of a request. */
  blocks?: (exchange: Exchange) => boolean;
  /** Responds in place of the service. */
  respond?: () => Response;
}

/** How every HTTP/2 connection starts (RFC 9113, section 3.4), including those of gRPC. */
const HTTP2_PREFACE = 'PRI * HTTP/2';

/**
 * Opens a relay to a service. It reports what is sent over HTTP/1.1, except the workshop's own requests to /health, and
 * forwards HTTP/2 without reading it.
 */
export function openRelay(options: RelayOptions): Promise<LoopbackListener> {
  const http = createHttpServer((incoming, outgoing) => forward(incoming, outgoing, options));
  return openSwitch({
    http2: (socket) => pipe(socket, options.port()),
    other: (socket) => void http.emit('connection', socket),
  });
}

/** Opens one port for both protocols of OTLP, and forwards gRPC to one port, HTTP to another. */
export function openOtlpRelay(ports: { grpc: number; http: number }): Promise<LoopbackListener> {
  return openSwitch({
    http2: (socket) => pipe(socket, ports.grpc),
    other: (socket) => pipe(socket, ports.http),
  });
}

/** Listens on a free port. The first bytes of a connection decide who gets it. */
function openSwitch(targets: { http2: (socket: Socket) => void; other: (socket: Socket) => void }) {
  const accept = (socket: Socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', (first) => {
      socket.pause();
      socket.unshift(first);
      const target = first.toString('latin1').startsWith(HTTP2_PREFACE) ? targets.http2 : targets.other;
      target(socket);
      socket.resume();
    });
  };
  return listenOnLoopback(() => createServer(accept), 0);
}

function pipe(socket: Socket, port: number): void {
  const other = connect({ port, host: 'localhost' });
  other.on('error', () => socket.destroy());
  socket.once('close', () => other.destroy());
  other.once('close', () => socket.destroy());
  socket.pipe(other).pipe(socket);
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, options: RelayOptions): void {
  const { from, to, port, onExchange, blocks, respond } = options;
  const { method = 'GET', url: path = '/', rawHeaders } = incoming;
  const exchange: Exchange = { from, to, method, path, headers: pairs(rawHeaders), startMs: Date.now() };
  const isHealthCheck = path === '/health';
  if (!isHealthCheck) onExchange?.(exchange);
  const hangUp = (error: string) => {
    exchange.error = error;
    incoming.socket.destroy();
  };
  const fail = (error: Error) => {
    // If the caller closed the connection, this request ends too, which is not an error of the service.
    if (!outgoing.destroyed) hangUp(error.message);
  };
  if (blocks?.(exchange)) return hangUp('the check closed the connection');
  if (respond && !isHealthCheck) {
    const { status, headers, body } = respond();
    return void outgoing.writeHead(status, headers.flat()).end(body);
  }

  const forwarded = request({
    host: 'localhost',
    port: port(),
    method,
    path,
    // Unchanged, with duplicates. The types know only one of the forms that Node accepts.
    headers: rawHeaders as unknown as Record<string, string>,
    agent: false,
  });
  forwarded.once('response', (response) => {
    const chunks: Buffer[] = [];
    outgoing.writeHead(response.statusCode!, response.statusMessage, response.rawHeaders);
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.once('end', () => {
      exchange.response = {
        status: response.statusCode!,
        headers: pairs(response.rawHeaders),
        body: Buffer.concat(chunks).toString(),
        endMs: Date.now(),
      };
    });
    response.on('error', fail); // it was cut off
    response.pipe(outgoing);
  });
  forwarded.on('error', fail);
  outgoing.once('close', () => forwarded.destroy());
  incoming.pipe(forwarded);
}

function pairs(rawHeaders: string[]): Header[] {
  const headers: Header[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.push([rawHeaders[index]!, rawHeaders[index + 1]!]);
  }
  return headers;
}
