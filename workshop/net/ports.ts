import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { isTaken, listenOnLoopback, PortInUseError } from './loopback.ts';

/**
 * The range to search for free ports. It is below the ephemeral ports (32768 and up on Linux, 49152 and up elsewhere),
 * because an outgoing connection could take one of those before it is used.
 */
const FIRST = 20_000;
const LAST = 32_000;

/** The next port to try. Each process starts at a different port, and tries all ports before it tries one again. */
let next = FIRST + ((process.pid * 20) % (LAST - FIRST));

/** The port of a URL; without one, that of its scheme. */
export function portOf(url: URL | string): number {
  const { port, protocol } = new URL(url);
  return Number(port || (protocol === 'https:' ? 443 : 80));
}

/** The host of a URL, without the brackets of an IPv6 address, and its port. */
export function placeOf(url: string, usualPort = portOf(url)): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname.replaceAll(/[[\]]/g, ''), port: Number(port || usualPort) };
}

/** Finds a port that is free on both 127.0.0.1 and ::1, and that no other process gets from this function. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = next;
    next = port + 1 < LAST ? port + 1 : FIRST;
    if ((await reserve(port)) && (await isFree(port))) return port;
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

async function isFree(port: number): Promise<boolean> {
  try {
    await (await listenOnLoopback(createServer, port)).close();
    return true;
  } catch (error) {
    if (error instanceof PortInUseError) return false;
    throw error;
  }
}
