import { connect } from 'node:net';

const CONNECT_TIMEOUT_MS = 2_000;

/** Whether anything accepts connections on a port of this machine. A host can be as in an URL: [::1]. */
export function accepts(port: number, hostname = 'localhost'): Promise<boolean> {
  const host = hostname.replaceAll(/[[\]]/g, '');
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: CONNECT_TIMEOUT_MS });
    const answer = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
    socket.once('timeout', () => answer(false));
  });
}
