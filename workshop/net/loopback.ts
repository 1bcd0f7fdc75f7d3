import type { AddressInfo, Server, Socket } from 'node:net';

/** Another process uses the port, or the system doesn't allow this process to use it. */
export class PortInUseError extends Error {
  readonly port: number;

  constructor(port: number) {
    super(`Port ${port} is in use.`);
    this.port = port;
  }
}

/** Listens on one port: of 127.0.0.1 and, if the machine has IPv6, of ::1; or of a single address. */
export interface LoopbackListener {
  port: number;
  /** Stops listening and closes all open connections. */
  close(): Promise<void>;
}

/** Error codes of a machine without IPv6. */
const NO_SUCH_ADDRESS = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);
const FREE_PORT_TRIES = 10;

/**
 * Listens on the loopback addresses only. Port 0 means any port that is free on both.
 * @throws PortInUseError if the port is taken
 */
export async function listenOnLoopback(makeServer: () => Server, port: number): Promise<LoopbackListener> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await listenOnBoth(makeServer, port);
    } catch (error) {
      const freeOnOneOnly = error instanceof PortInUseError && port === 0;
      if (!freeOnOneOnly || attempt === FREE_PORT_TRIES) throw error;
    }
  }
}

async function listenOnBoth(makeServer: () => Server, wantedPort: number): Promise<LoopbackListener> {
  const v4 = await listenOnAddress(makeServer(), wantedPort, '127.0.0.1');
  try {
    const v6 = await listenOnAddress(makeServer(), v4.port, '::1');
    return { port: v4.port, close: async () => void (await Promise.all([v4.close(), v6.close()])) };
  } catch (error) {
    if (NO_SUCH_ADDRESS.has((error as NodeJS.ErrnoException).code ?? '')) return v4;
    await v4.close();
    throw error;
  }
}

/** Whether listening failed because another process uses the port or the system reserves it. */
export function isTaken({ code = '' }: NodeJS.ErrnoException): boolean {
  return code === 'EADDRINUSE' || code === 'EACCES';
}

/**
 * Listens on a single address of this machine, which may be one that other machines can reach.
 * @throws PortInUseError if the port is taken
 */
export function listenOnAddress(server: Server, port: number, host: string): Promise<LoopbackListener> {
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of connections) socket.destroy();
    });

  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(isTaken(error) ? new PortInUseError(port) : error),
    );
    server.listen({ port, host, ipv6Only: host.includes(':') }, () =>
      resolve({ port: (server.address() as AddressInfo).port, close }),
    );
  });
}
