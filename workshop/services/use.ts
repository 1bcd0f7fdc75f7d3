import { UserError } from '../errors.ts';
import { readServices, type Service } from './definition.ts';
import type { Environment } from '../parts/part.ts';
import { useParts } from '../parts/use.ts';
import { portOwner } from '../net/port-owner.ts';
import { freePort } from '../net/ports.ts';
import { type Listener, probe } from './probe.ts';
import { type RunningService, startService } from './start.ts';

/** The services of a step, all of them up. */
export interface UsedServices {
  services: Service[];
  /** Where each of them that has a port is, as in { 'bands-api': 'http://localhost:8000' }. */
  urls: Record<string, string>;
  /** Those that were started for this; the others were running already. */
  started: RunningService[];
  stop(): Promise<void>;
}

/**
 * `ownPorts`: start all of them on free ports, whatever runs already. `onStarting` hears which services or parts are
 * about to be started, `onReady` of each that has.
 */
export interface UseOptions {
  ownPorts?: boolean;
  onStarting?: (names: string[]) => void;
  onReady?: (text: string) => void;
  signal?: AbortSignal;
}

/**
 * Makes sure that the services of a step run: uses those that do, starts the others and waits until they are ready.
 * @throws UserError when something that they need is missing, a port is held by something else, or a service does not
 * start; then nothing is left running
 */
export async function useServices(stepFolder: string, options: UseOptions = {}): Promise<UsedServices> {
  const services = await readServices(stepFolder);
  const ports = options.ownPorts ? await freePorts(services) : portsOf(services);
  const parts = await useParts(services, {
    onStarting: (title) => options.onStarting?.([title]),
    onReady: ({ title, readyAfterMs }) => options.onReady?.(readyText(title, readyAfterMs)),
    ...(options.signal && { signal: options.signal }),
  });
  try {
    const missing = options.ownPorts ? services : await notRunning(services, parts.env);
    if (missing.length > 0) options.onStarting?.(missing.map(({ name }) => name));
    const started = await startAll(missing, { ...options, ports, env: parts.env });
    return {
      services,
      urls: Object.fromEntries([...ports].map(([name, port]) => [name, `http://localhost:${port}`])),
      started,
      async stop() {
        await Promise.all(started.map((running) => running.stop()));
        await parts.stop();
      },
    };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

/** Says how long a service or a part took to start. */
export function readyText(name: string, readyAfterMs: number): string {
  return `${name} is ready after ${(readyAfterMs / 1_000).toFixed(1)} s`;
}

/** The port of each service that has one, as its folder and the environment say. */
export function portsOf(services: Service[]): Map<string, number> {
  return new Map(services.flatMap(({ name, port }) => (port === undefined ? [] : [[name, port] as const])));
}

/** Throws UserError when one of the services runs already, or something else holds its port. */
export async function requireFreePorts(services: Service[], parts: Environment): Promise<void> {
  const listeners = await Promise.all(services.map((service) => probe(service, parts)));
  const index = listeners.findIndex((listener) => listener !== 'nothing');
  if (index >= 0) throw await portTaken(services[index]!, listeners[index]);
}

async function freePorts(services: Service[]): Promise<Map<string, number>> {
  const ports = portsOf(services);
  for (const name of ports.keys()) ports.set(name, await freePort());
  return ports;
}

async function notRunning(services: Service[], parts: Environment): Promise<Service[]> {
  const listeners = await Promise.all(services.map((service) => probe(service, parts)));
  const stranger = services[listeners.indexOf('stranger')];
  if (stranger) throw await portTaken(stranger);
  return services.filter((_, index) => listeners[index] === 'nothing');
}

/** The one sentence for a port that something else holds, or a queue that somebody else takes messages from. */
async function portTaken(
  { name, port, portVariable, consumes }: Service,
  listener: Listener = 'stranger',
): Promise<UserError> {
  if (port === undefined) {
    return new UserError(`${name} runs already: somebody takes messages from ${consumes}. End that first.`);
  }
  const owner = (await portOwner(port)) ?? 'another program';
  if (listener === 'itself') {
    return new UserError(
      `${name} runs already at port ${port} in ${owner}: use that one, or end it first (npm run services by Ctrl-C).`,
    );
  }
  return new UserError(
    `Port ${port} is meant for ${name} but held by ${owner}: end that, or choose another port with ${portVariable}.`,
  );
}

async function startAll(
  services: Service[],
  options: UseOptions & { ports: ReadonlyMap<string, number>; env: Environment },
) {
  const starts = await Promise.allSettled(
    services.map(async (service) => {
      const { ports, env, signal } = options;
      const running = await startService(service, { ports, env, ...(signal && { signal }) });
      options.onReady?.(readyText(service.name, running.readyAfterMs));
      return running;
    }),
  );
  const started = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const failure = starts.find((start) => start.status === 'rejected');
  if (!failure) return started;
  await Promise.all(started.map((running) => running.stop()));
  throw failure.reason;
}
