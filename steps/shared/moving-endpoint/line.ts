import { connect, createServer, type Socket } from 'node:net';
import { listenOnLoopback } from '#workshop/net/loopback';

/** A connection to a place that can fail as a network does. */
export interface Line {
  /** Where to connect to instead of the place. */
  address: string;
  /** From now on, nothing more reaches the place, and the senders don't notice. */
  hold(): void;
  /** Closes all connections, and accepts no more. */
  cut(): Promise<void>;
}

/** Opens a line to a port of this machine. */
export async function openLine(port: number): Promise<Line> {
  const senders = new Set<Socket>();
  let isHeld = false;
  const listener = await listenOnLoopback(
    () =>
      createServer((sender) => {
        const place = connect({ port, host: 'localhost' });
        senders.add(sender);
        sender.once('close', () => place.destroy()).on('error', () => sender.destroy());
        place.once('close', () => sender.destroy()).on('error', () => place.destroy());
        place.pipe(sender);
        if (!isHeld) sender.pipe(place);
      }),
    0,
  );
  return {
    address: `localhost:${listener.port}`,
    hold() {
      isHeld = true;
      for (const sender of senders) sender.unpipe().pause();
    },
    cut: () => listener.close(),
  };
}
