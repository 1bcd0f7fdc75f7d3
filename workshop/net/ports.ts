import { createServer } from 'node:net';

/**
 * Where to look for free ports: below those that systems give to outgoing connections by themselves (32768 and up on
 * Linux, 49152 and up elsewhere), because such a connection would take a port between our look and its use.
 */
const FIRST = 20_000;
const LAST = 32_000;

/**
 * The next to look at. Each process begins in a block of its own, because a port is free to every other process too
 * until the service that it was looked up for has started, and gives no port twice until it has gone round.
 */
const BLOCK = 20;
let next = FIRST + ((process.pid * BLOCK) % (LAST - FIRST));

/** A port that nothing listens on at this moment, neither at 127.0.0.1 nor at ::1. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = next;
    next = port + 1 < LAST ? port + 1 : FIRST;
    const [v4, v6] = await Promise.all([canListen(port, '127.0.0.1'), canListen(port, '::1')]);
    if (v4 && v6) return port;
  }
}

const TAKEN = new Set(['EADDRINUSE', 'EACCES']);
/** Codes of a machine without IPv6: it cannot listen at ::1, and nobody else can there. */
const NO_SUCH_ADDRESS = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/** Whether listening failed because somebody else has the port, or the system keeps it for itself. */
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
