import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/**
 * The range to search for free ports. It is below the ephemeral ports (32768 and up on Linux, 49152 and up elsewhere),
 * because an outgoing connection could take one of those before it is used.
 */
const FIRST = 20_000;
const LAST = 32_000;

/** The next port to try. Each process starts at another port, and tries all ports before it tries one again. */
let next = FIRST + ((process.pid * 20) % (LAST - FIRST));

/** Finds a port that is free on both 127.0.0.1 and ::1, and that no other process gets from this function. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = next;
    next = port + 1 < LAST ? port + 1 : FIRST;
    if (!(await reserve(port))) continue;
    const [v4, v6] = await Promise.all([canListen(port, '127.0.0.1'), canListen(port, '::1')]);
    if (v4 && v6) return port;
  }
}

/**
 * Reserves a port among the processes that call `freePort`, until this process exits. Before a service listens on it, the
 * port looks free to them, and their attempt to listen could itself block the service. The reservation is the UDP port
 * with the same number, which is independent of the TCP port.
 */
function reserve(port: number): Promise<boolean> {
  const socket = createSocket('udp4').unref();
  return new Promise((resolve, reject) => {
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      if (isTaken(error)) resolve(false);
      else reject(error);
    });
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(true));
  });
}

const TAKEN = new Set(['EADDRINUSE', 'EACCES']);
/** Error codes of a machine without IPv6, where no process can listen on ::1. */
const NO_SUCH_ADDRESS = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/** Whether listening failed because another process has the port or the system reserves it. */
export function isTaken({ code = '' }: NodeJS.ErrnoException): boolean {
  return TAKEN.has(code);
}

function canListen(port: number, host: string): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (isTaken(error)) resolve(false);
      else if (NO_SUCH_ADDRESS.has(error.code ?? '')) resolve(true);
      else reject(error);
    });
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
