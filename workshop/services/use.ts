import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../errors.ts';
import { readServices, type Service } from './definition.ts';
import type { Environment } from '../parts/part.ts';
import type { StepSettings } from '../parts/step-settings.ts';
import { useParts } from '../parts/use.ts';
import { otlpGrpcUrl } from '../settings.ts';
import { portOwner } from '../net/port-owner.ts';
import { freePort } from '../net/ports.ts';
import { filesIn } from './files-in.ts';
import { probe } from './probe.ts';
import { type RunningService, startService } from './start.ts';

/** The services of a step, all of them running. */
export interface UsedServices {
  services: Service[];
  /** The URL of each service that has a port, and of its other ports: { 'bands-api': 'http://localhost:8000' }. */
  urls: Record<string, string>;
  /** The URLs of all instances of each of them. */
  instances: Record<string, string[]>;
  /** The port of each service that has one, and of its other ports. */
  ports: ReadonlyMap<string, number>;
  /** The variables that say where the parts are. */
  env: Environment;
  /** Those that this process started; the others were already running. */
  started: RunningService[];
  /**
   * Makes sure that the services run the code that is on the disk now: restarts those that this process started and whose
   * files have changed since; if the folder has other services now, stops all of them and starts those.
   * @throws UserError as `useServices` does; the next call then tries again
   */
  refresh(options?: StartOptions): Promise<UsedServices>;
  stop(): Promise<void>;
}

/** How to start services. */
export interface StartOptions {
  /** Called with the names of the services or parts that are about to be started. */
  onStarting?: (names: string[]) => void;
  /** Called with a sentence about each service or part that is ready. */
  onReady?: (text: string) => void;
  signal?: AbortSignal;
}

export interface UseOptions extends StartOptions {
  /** Starts all services on free ports and with a state folder of their own, even if some are already running. */
  ownPorts?: boolean;
}

/**
 * Makes sure that the services of a step are running: uses those that are, and starts the others.
 * @throws UserError if a part is missing, another program uses a port, or a service doesn't start; in that case,
 * nothing is left running
 */
export async function useServices(stepFolder: string, options: UseOptions = {}): Promise<UsedServices> {
  const services = await readServices(stepFolder);
  const ports = options.ownPorts ? await freePorts(services) : portsOf(services);
  const parts = await useParts(services, {
    onStarting: (title) => options.onStarting?.([title]),
    onReady: ({ title, readyAfterMs }) => options.onReady?.(readyText(title, readyAfterMs)),
    settings: settingsOf(stepFolder, services, ports),
    ownInstances: options.ownPorts,
    signal: options.signal,
  });
  // With ports of their own, services must not meet others over a relation either.
  const state = options.ownPorts ? await mkdtemp(join(tmpdir(), 'workshop-state-')) : undefined;
  const env = { ...parts.env, ...(state && { WORKSHOP_STATE: state }) };
  const stopOthers = async () => {
    await parts.stop();
    if (state) await rm(state, { recursive: true, force: true, maxRetries: 5 });
  };
  let isStopped = false;
  const used: UsedServices = {
    services,
    urls: Object.fromEntries([...ports].map(([name, port]) => [name, urlAt(port)])),
    instances: instancesOf(services, ports),
    ports,
    env: parts.env,
    started: [],
    async refresh(startOptions) {
      if (isStopped || !isDeepStrictEqual(await readServices(stepFolder), services)) {
        await used.stop();
        return useServices(stepFolder, { ...options, ...startOptions });
      }
      const stale = used.started.filter(
        (running) => running.hasEnded() || running.files !== filesIn(running.service.folder),
      );
      await Promise.all(stale.map((running) => running.stop()));
      used.started = used.started.filter((running) => !stale.includes(running));
      await startMissing(startOptions);
      await parts.reload();
      return used;
    },
    async stop() {
      if (isStopped) return;
      isStopped = true;
      await Promise.all(used.started.map((running) => running.stop()));
      await stopOthers();
    },
  };
  async function startMissing(startOptions: StartOptions = {}) {
    const own = new Set(used.started.map(({ service }) => service));
    const others = services.filter((service) => !own.has(service));
    const missing = options.ownPorts ? others : await notRunning(others, parts.env);
    if (missing.length > 0) startOptions.onStarting?.(missing.map(({ name }) => name));
    used.started.push(...(await startAll(missing, { ...startOptions, ports, env })));
  }
  try {
    await startMissing(options);
    return used;
  } catch (error) {
    await stopOthers();
    throw error;
  }
}

/** The step's settings for parts, with the ports that its services really have, and the backend's host and port for spans. */
export function settingsOf(
  stepFolder: string,
  services: Service[],
  ports: ReadonlyMap<string, number>,
  backend = otlpGrpcUrl().host,
): StepSettings {
  const places = services.flatMap(({ name, usualPort }) =>
    usualPort === undefined ? [] : [[`localhost:${usualPort}`, `localhost:${ports.get(name)}`] as const],
  );
  return { stepFolder, places: new Map([...places, ['localhost:4317', backend]]) };
}

/** A sentence about how long a service or a part took to start. */
export function readyText(name: string, readyAfterMs: number): string {
  return `${name} is ready after ${(readyAfterMs / 1_000).toFixed(1)} s`;
}

function urlAt(port: number): string {
  return `http://localhost:${port}`;
}

function instancesOf(services: Service[], ports: ReadonlyMap<string, number>): Record<string, string[]> {
  const urls: Record<string, string[]> = {};
  for (const { name, title } of services) {
    const port = ports.get(name);
    if (port !== undefined) (urls[title] ??= []).push(urlAt(port));
  }
  return urls;
}

/** The port of each service that has one, by its name, and all other ports, by theirs. */
export function portsOf(services: Service[]): Map<string, number> {
  return new Map(
    services.flatMap(({ name, port, otherPorts = {} }) => [
      ...(port === undefined ? [] : [[name, port] as const]),
      ...Object.entries(otherPorts),
    ]),
  );
}

/** Throws UserError if one of the services is already running, or another program uses its port. */
export async function requireFreePorts(services: Service[], parts: Environment): Promise<void> {
  const listeners = await Promise.all(services.map((service) => probe(service, parts)));
  const index = listeners.findIndex((listener) => listener !== 'nothing');
  if (index < 0) return;
  const { name, port, consumes } = services[index]!;
  if (listeners[index] === 'other') throw new UserError(await portInUseText(services[index]!));
  if (port === undefined) {
    throw new UserError(
      `${name} is already running: a process consumes messages from ${consumes}. Stop it first.`,
    );
  }
  const owner = (await portOwner(port)) ?? 'another process';
  throw new UserError(
    `${name} is already running at port ${port} in ${owner}: use that one, or stop it first (npm run services: Ctrl-C).`,
  );
}

/** A free port in place of each of `portsOf`. */
export async function freePorts(services: Service[]): Promise<Map<string, number>> {
  const ports = portsOf(services);
  for (const name of ports.keys()) ports.set(name, await freePort());
  return ports;
}

async function notRunning(services: Service[], parts: Environment): Promise<Service[]> {
  const listeners = await Promise.all(services.map((service) => probe(service, parts)));
  const blocked = services[listeners.indexOf('other')];
  if (blocked) throw new UserError(await portInUseText(blocked));
  return services.filter((_, index) => listeners[index] === 'nothing');
}

/** The sentence for a service whose port another program uses. */
export async function portInUseText({ name, port, portVariable }: Service): Promise<string> {
  const owner = (await portOwner(port!)) ?? 'another program';
  return `Port ${port} is meant for ${name} but used by ${owner}: stop it, or set ${portVariable} to another port.`;
}

async function startAll(
  services: Service[],
  options: StartOptions & { ports: ReadonlyMap<string, number>; env: Environment },
) {
  const starts = await Promise.allSettled(
    services.map(async (service) => {
      const { ports, env, signal } = options;
      const running = await startService(service, { ports, env, signal });
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
