import { freePort } from '../net/ports.ts';
import type { Service } from '../services/definition.ts';
import { openRelay, type Relay, type RelayOptions } from './relay.ts';

/** The connections between the programs of a folder. Each pair has its own relay, which shows who calls whom. */
export interface Network {
  /** The real port of each service. */
  ports: Map<string, number>;
  /** The ports that one program is given: its own real port, and relays to all other services. */
  portsFor(program: string): Map<string, number>;
  /** Gives a service another real port, because another program has taken its port. */
  move(service: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a relay from each of the given programs to each service that has a port; `ports` has the real port of each. In
 * an exchange, all instances of a service have the same name.
 */
export async function openNetwork(
  programs: string[],
  services: Service[],
  ports: Map<string, number>,
  options: Pick<RelayOptions, 'onExchange' | 'blocks'>,
): Promise<Network> {
  const withPort = services.filter(({ port }) => port !== undefined).map(({ name }) => name);
  const titles = new Map(services.map(({ name, title }) => [name, title]));

  const relays: { from: string; to: string; relay: Relay }[] = [];
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
