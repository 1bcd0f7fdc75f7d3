import { createServer } from 'node:net';

/**
 * The range to search for free ports. It is below the ephemeral ports (32768 and up on Linux, 49152 and up elsewhere),
 * because an outgoing connection could take one of those before it is used.
 */
const FIRST = 20_000;
const LAST = 32_000;

/**
 * The next port to try. Each process starts in a different block, because a port that was found looks free to other
 * processes until a service listens on it. A process doesn't give the same port twice until it has tried all of them.
 */
const BLOCK = 20;
let next = FIRST + ((process.pid * BLOCK) % (LAST - FIRST));

/** A port that is free on both 127.0.0.1 and ::1 at this moment. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = next;
    next = port + 1 < LAST ? port + 1 : FIRST;
    const [v4, v6] = await Promise.all([canListen(port, '127.0.0.1'), canListen(port, '::1')]);
    if (v4 && v6) return port;
  }
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
