import { connect } from 'node:net';

const CONNECT_TIMEOUT_MS = 2_000;

/** Whether a process accepts connections on a port of this machine. An IPv6 host may be in brackets: [::1]. */
export function accepts(port: number, hostname = 'localhost'): Promise<boolean> {
  const host = hostname.replaceAll(/[[\]]/g, '');
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: CONNECT_TIMEOUT_MS });
    const finish = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
    socket.once('timeout', () => finish(false));
  });
}
