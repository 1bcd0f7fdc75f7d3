import type { LoopbackListener } from '../net/loopback.ts';
import { freePort } from '../net/ports.ts';
import type { Service } from '../services/definition.ts';
import { openRelay, type RelayOptions } from './relay.ts';

/** The connections between the programs of a folder. Each pair has its own relay, which shows who calls whom. */
export interface Network {
  /** The real port of each service, and all other ports, by name. */
  ports: Map<string, number>;
  /** The ports that one program is given: its own real port, relays to all other services, and all other real ports. */
  portsFor(program: string): Map<string, number>;
  /** Gives a service other real ports, because another program has taken one of them. */
  move(service: Service): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a relay from each of the given programs to each service that has a port; `ports` has the real port of each, and
 * all other ports, which need no relay. In an exchange, all instances of a service have the same name.
 */
export async function openNetwork(
  programs: string[],
  services: Service[],
  ports: Map<string, number>,
  options: Pick<RelayOptions, 'onExchange' | 'blocks'>,
): Promise<Network> {
  const others = services.flatMap(({ otherPorts = {} }) => Object.keys(otherPorts));
  const withPort = services.filter(({ port }) => port !== undefined).map(({ name }) => name);
  const titles = new Map(services.map(({ name, title }) => [name, title]));

  const relays: { from: string; to: string; relay: LoopbackListener }[] = [];
  for (const from of programs) {
    for (const to of withPort.filter((name) => name !== from)) {
      const relay = await openRelay({
        from: titles.get(from) ?? from,
        to: titles.get(to)!,
        port: () => ports.get(to)!,
        ...options,
      });
      relays.push({ from, to, relay });
    }
  }

  return {
    ports,
    portsFor(program) {
      const real = [program, ...others].filter((name) => ports.has(name));
      return new Map([
        ...relays.filter(({ from }) => from === program).map(({ to, relay }) => [to, relay.port] as const),
        ...real.map((name) => [name, ports.get(name)!] as const),
      ]);
    },
    async move({ name, otherPorts = {} }) {
      for (const own of [name, ...Object.keys(otherPorts)]) ports.set(own, await freePort());
    },
    close: async () => void (await Promise.all(relays.map(({ relay }) => relay.close()))),
  };
}
