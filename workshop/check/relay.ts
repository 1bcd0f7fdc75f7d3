import {
  createServer as createHttpServer,
  request,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { connect, createServer, type Socket } from 'node:net';

/** A header as it was sent, name and value. The same name may come twice. */
export type Header = readonly [name: string, value: string];

/** A request that went over a relay, and what became of it. Times are ms since 1970. */
export interface Exchange {
  /** Who asked: a service, or `run.ts`. */
  from: string;
  /** The service that was asked. */
  to: string;
  method: string;
  /** Path and query. */
  path: string;
  headers: Header[];
  startMs: number;
  /** Why there was no answer, where it is known. Missing while one is owed, and if the caller left without it. */
  failure?: string;
  /** Missing if there was no answer. */
  answer?: { status: number; headers: Header[]; body: string; endMs: number };
}

/** A port that passes on what comes to it. */
export interface Relay {
  port: number;
  close(): Promise<void>;
}

/**
 * What a relay does beside passing on. `cuts` tells whether to hang up on a request instead; `instead` answers in the
 * service's place.
 */
export interface RelayOptions {
  from: string;
  to: string;
  /** Where the service really listens. */
  port: () => number;
  onExchange: (exchange: Exchange) => void;
  cuts: (exchange: Exchange) => boolean;
  instead?: () => NonNullable<Exchange['answer']>;
}

/** How every HTTP/2 connection begins (RFC 9113, section 3.4), gRPC among them. */
const HTTP2_PREFACE = 'PRI * HTTP/2';

/**
 * Opens a relay to a service, which sees what is sent in HTTP/1.1. HTTP/2 passes unread. What the workshop asks for
 * itself, at /health, is passed on and not told of.
 */
export function openRelay(options: RelayOptions): Promise<Relay> {
  const http = createHttpServer((incoming, outgoing) => passOn(incoming, outgoing, options));
  return openSwitch({
    http2: (socket) => pipe(socket, options.port()),
    other: (socket) => void http.emit('connection', socket),
  });
}

/** Opens one port for both forms of OTLP: gRPC goes to one port, HTTP to the other. */
export function openOtlpDoor(ports: { grpc: number; http: number }): Promise<Relay> {
  return openSwitch({
    http2: (socket) => pipe(socket, ports.grpc),
    other: (socket) => pipe(socket, ports.http),
  });
}

/** Listens on a free port, and looks at the first bytes of a connection to see who should have it. */
async function openSwitch(ways: { http2: (socket: Socket) => void; other: (socket: Socket) => void }) {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('data', (first) => {
      socket.pause();
      socket.unshift(first);
      const way = first.toString('latin1').startsWith(HTTP2_PREFACE) ? ways.http2 : ways.other;
      way(socket);
      socket.resume();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, 'localhost', resolve);
  });

  return {
    port: (server.address() as { port: number }).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function pipe(socket: Socket, port: number): void {
  const other = connect({ port, host: 'localhost' });
  other.on('error', () => socket.destroy());
  socket.once('close', () => other.destroy());
  other.once('close', () => socket.destroy());
  socket.pipe(other).pipe(socket);
}

function passOn(incoming: IncomingMessage, outgoing: ServerResponse, options: RelayOptions): void {
  const { method = 'GET', url: path = '/', rawHeaders } = incoming;
  const exchange: Exchange = {
    from: options.from,
    to: options.to,
    method,
    path,
    headers: pairs(rawHeaders),
    startMs: Date.now(),
  };
  const isOurs = path === '/health';
  if (!isOurs) options.onExchange(exchange);
  const hangUp = (failure: string) => {
    exchange.failure = failure;
    incoming.socket.destroy();
  };
  if (options.cuts(exchange)) return hangUp('the check hung up');
  if (options.instead && !isOurs) {
    const { status, headers, body } = options.instead();
    return void outgoing.writeHead(status, headers.flat()).end(body);
  }

  const passed = request({
    host: 'localhost',
    port: options.port(),
    method,
    path,
    // As they came, also what is there twice. The types know only one of the forms that Node takes.
    headers: rawHeaders as unknown as Record<string, string>,
    agent: false,
  });
  passed.once('response', (answer) => {
    const chunks: Buffer[] = [];
    outgoing.writeHead(answer.statusCode!, answer.statusMessage, answer.rawHeaders);
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.once('end', () => {
      exchange.answer = {
        status: answer.statusCode!,
        headers: pairs(answer.rawHeaders),
        body: Buffer.concat(chunks).toString(),
        endMs: Date.now(),
      };
    });
    answer.pipe(outgoing);
  });
  passed.on('error', (error) => {
    // A caller that left ends the request too, and that is not a failure of whoever owes it the answer.
    if (!outgoing.destroyed) hangUp(error.message);
  });
  outgoing.once('close', () => passed.destroy());
  incoming.pipe(passed);
}

function pairs(rawHeaders: string[]): Header[] {
  const headers: Header[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.push([rawHeaders[index]!, rawHeaders[index + 1]!]);
  }
  return headers;
}
