import type { AddressInfo, Server, Socket } from 'node:net';
import { isTaken } from './ports.ts';

/** A port is held by something else, or the system gives it to nobody like us. */
export class PortInUseError extends Error {
  readonly port: number;

  constructor(port: number) {
    super(`Port ${port} is in use.`);
    this.port = port;
  }
}

/** Something that listens on one port of 127.0.0.1 and, where the machine has IPv6, of ::1. */
export interface Listener {
  port: number;
  /** Stops listening and ends the connections that are open. */
  close(): Promise<void>;
}

const noSuchAddress = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);
const FREE_PORT_TRIES = 10;

/**
 * Listens on the loopback addresses and nowhere else. Port 0 means any port that is free on both.
 * @throws PortInUseError
 */
export async function listenOnLoopback(makeServer: () => Server, port: number): Promise<Listener> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await listenOnBoth(makeServer, port);
    } catch (error) {
      const freeOnOneOnly = error instanceof PortInUseError && port === 0;
      if (!freeOnOneOnly || attempt === FREE_PORT_TRIES) throw error;
    }
  }
}

async function listenOnBoth(makeServer: () => Server, wantedPort: number): Promise<Listener> {
  const v4 = await listen(makeServer(), wantedPort, '127.0.0.1');
  try {
    const v6 = await listen(makeServer(), v4.port, '::1');
    return { port: v4.port, close: async () => void (await Promise.all([v4.close(), v6.close()])) };
  } catch (error) {
    if (noSuchAddress.has((error as NodeJS.ErrnoException).code ?? '')) return v4;
    await v4.close();
    throw error;
  }
}

function listen(server: Server, port: number, host: string): Promise<Listener> {
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
    server.listen({ port, host, ipv6Only: host === '::1' }, () =>
      resolve({ port: (server.address() as AddressInfo).port, close }),
    );
  });
}
