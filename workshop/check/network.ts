import type { Service } from '../services/definition.ts';
import { freePort } from '../net/ports.ts';
import { openRelay, type Exchange, type Relay } from './relay.ts';

/** The ways between the programs of a folder, each over a relay of its own, so that it is known who asked whom. */
export interface Network {
  /** Where each service really listens. */
  ports: Map<string, number>;
  /** The ports as one program has to know them: its own real one, and relays to all others. */
  portsFor(program: string): Map<string, number>;
  /** Gives a service another real port, because somebody took the one it had. */
  move(service: string): Promise<void>;
  close(): Promise<void>;
}

/** What happens on the ways: see the options of a relay. */
export interface Watching {
  onExchange: (exchange: Exchange) => void;
  cuts: (exchange: Exchange) => boolean;
}

/** Opens relays from each of some programs to each service that has a port. */
export async function openNetwork(
  programs: string[],
  services: Service[],
  watching: Watching,
): Promise<Network> {
  const withPort = services.filter(({ port }) => port !== undefined).map(({ name }) => name);
  const ports = new Map<string, number>();
  for (const name of withPort) ports.set(name, await freePort());

  const relays: { from: string; to: string; relay: Relay }[] = [];
  for (const from of programs) {
    for (const to of withPort.filter((name) => name !== from)) {
      relays.push({
        from,
        to,
        relay: await openRelay({ from, to, port: () => ports.get(to)!, ...watching }),
      });
    }
  }

  return {
    ports,
    portsFor(program) {
      const own = ports.get(program);
      const others = relays.filter(({ from }) => from === program);
      return new Map([
        ...others.map(({ to, relay }) => [to, relay.port] as const),
        ...(own === undefined ? [] : [[program, own] as const]),
      ]);
    },
    async move(service) {
      ports.set(service, await freePort());
    },
    close: async () => void (await Promise.all(relays.map(({ relay }) => relay.close()))),
  };
}
