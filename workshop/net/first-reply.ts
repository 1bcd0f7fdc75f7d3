import { connect } from 'node:net';

const TIMEOUT_MS = 2_000;

/**
 * Connects to a port, sends a request, and returns the first bytes of the reply: no bytes if there is no reply within 2 s,
 * undefined if nothing listens there.
 */
export function firstReply(
  place: { host: string; port: number },
  request: Buffer,
): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ ...place, timeout: TIMEOUT_MS });
    let connected = false;
    const settle = (reply: Buffer | undefined) => {
      socket.destroy();
      resolve(reply);
    };
    socket.once('connect', () => {
      connected = true;
      socket.write(request);
    });
    socket.once('data', settle);
    for (const event of ['error', 'timeout', 'close']) {
      socket.once(event, () => settle(connected ? Buffer.alloc(0) : undefined));
    }
  });
}
