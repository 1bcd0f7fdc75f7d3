import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UserError } from '../errors.ts';
import { portFrom, projectFolder } from '../settings.ts';

/** A service of a step: a folder with a service.json. Each instance of a service with several instances is one of these. */
export interface Service {
  /** The name of its process, which no other service of the step has: its title or, for the second instance, title-2. */
  name: string;
  /** The name of its folder in the step, which is also its name in traces, in metrics, and at /health. */
  title: string;
  /**
   * The folder with its code: the one in the step or, if the service.json there contains `"shared": "gateway"`,
   * steps/shared/gateway, which has another service.json. Other fields in the step replace those in the shared one.
   */
  folder: string;
  /** Its port; a service that only consumes messages has none. */
  port?: number;
  /** The port in its service.json, by which files of the step, such as those for Prometheus, refer to it. */
  usualPort?: number;
  /**
   * Other ports at which it listens, by name, as in `{ "sampling": 5778 }`; SAMPLING_PORT sets this one. Only for a service
   * with a single instance.
   */
  otherPorts?: Record<string, number>;
  /** The protocol at its port: HTTP unless given. */
  protocol?: 'grpc';
  /** Where it publishes messages, as in exchange:routing-key. */
  publishes?: string;
  /** The queue that it consumes messages from; a service without a port is recognized by it. */
  consumes?: string;
  /** The queue that it rejects invalid messages to. */
  deadLetters?: string;
  /** What it provides to others: `tracing` if it publishes where spans are received, so that they need no address. */
  provides?: 'tracing';
  /** Whether it may ring the bell of the terminal. */
  rings?: boolean;
  /** The names of the parts that have to run before it. */
  needs: string[];
  /** The variable that sets its port: BANDS_API_PORT for bands-api, FOLLOWERS_API_2_PORT for followers-api-2. */
  portVariable: string;
  /**
   * Its environment variables; `{name}` stands for the port of the service with that name, or for another port of any
   * service. Each instance gets its own port for its title.
   */
  env: Record<string, string>;
}

/**
 * Reads the services of a step or of the working copy, in alphabetical order. With `"instances": 3` in its service.json, a
 * service runs three times: at its port and the next two, unless variables give the instances other ports.
 * @throws UserError if a service.json can't be read, or names a shared service that doesn't exist
 */
export async function readServices(stepFolder: string): Promise<Service[]> {
  const names = (await readdir(stepFolder)).filter((name) =>
    existsSync(join(stepFolder, name, 'service.json')),
  );
  return (
    await Promise.all(names.toSorted().map((name) => readInstances(name, join(stepFolder, name))))
  ).flat();
}

/** Whether a service has a tracing.ts, which is loaded before its app. */
export function isTraced(service: Service): boolean {
  return existsSync(join(service.folder, 'tracing.ts'));
}

async function readInstances(title: string, place: string): Promise<Service[]> {
  const { shared, ...inStep } = await readServiceJson(place);
  const folder = shared === undefined ? place : join(projectFolder, 'steps', 'shared', shared);
  const all = shared === undefined ? inStep : { ...(await readServiceJson(folder)), ...inStep };
  const { port, otherPorts, instances = 1, needs = [], env = {}, ...rest } = all;
  const firstPort = port && portFrom(portVariableOf(title), port);
  const names = Array.from({ length: instances }, (_, index) =>
    instances === 1 ? title : `${title}-${index + 1}`,
  );
  return names.map((name, index) => {
    const portVariable = portVariableOf(name);
    const own = port &&
      firstPort && { port: portFrom(portVariable, firstPort + index), usualPort: port + index };
    const others = otherPorts && { otherPorts: settable(otherPorts) };
    return { ...rest, name, title, folder, portVariable, needs, env, ...own, ...others };
  });
}

function settable(ports: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(ports).map(([name, port]) => [name, portFrom(portVariableOf(name), port)]),
  );
}

/** The variable that sets a port: BANDS_API_PORT for bands-api. */
export function portVariableOf(name: string): string {
  return `${name.toUpperCase().replaceAll('-', '_')}_PORT`;
}

/** Where a service listens: BANDS_API_HOST for bands-api, or localhost. */
export function hostOf({ portVariable }: Service): string {
  return process.env[portVariable.replace(/_PORT$/, '_HOST')] || 'localhost';
}

/** The variables that set the ports of services, for run.ts. */
export function portVariables(ports: ReadonlyMap<string, number>): Record<string, string> {
  return Object.fromEntries([...ports].map(([name, port]) => [portVariableOf(name), String(port)]));
}

interface ServiceJson extends Partial<Service> {
  shared?: string;
  instances?: number;
}

async function readServiceJson(folder: string): Promise<ServiceJson> {
  const file = join(folder, 'service.json');
  try {
    const content: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof content !== 'object' || content === null) throw new Error('it is not an object');
    return content;
  } catch (error) {
    throw new UserError(`${file} can't be read (${messageOf(error)}): npm run step -- --reset restores it.`);
  }
}

/** The environment variables of a service, with each `{name}` replaced by a port. */
export function environmentOf(service: Service, ports: ReadonlyMap<string, number>): Record<string, string> {
  const portOf = (name: string) => ports.get(name === service.title ? service.name : name);
  const fill = (text: string) => text.replace(/\{([\w-]+)\}/g, (all, name) => String(portOf(name) ?? all));
  return Object.fromEntries(Object.entries(service.env).map(([name, text]) => [name, fill(text)]));
}
