import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UserError } from '../errors.ts';
import { portFrom, projectFolder } from '../settings.ts';

/** A service of a step: a folder that holds a service.json. */
export interface Service {
  /** The name of the step's folder, which is the service's name. */
  name: string;
  /**
   * Where its code is: the step's folder or, if its service.json says `{ "shared": "gateway" }`, steps/shared/gateway,
   * which holds what the steps of a chapter have in common, with a service.json of its own.
   */
  folder: string;
  /** The default port; a service that only consumes messages has none. */
  port?: number;
  /** The protocol at that port: HTTP unless given. */
  protocol?: 'grpc';
  /** Where it publishes messages to, as in exchange:routing-key. */
  publishes?: string;
  /** The queue that it takes messages from: what a service without a port is recognized by. */
  consumes?: string;
  /** The parts that have to run before it, by their names. */
  needs: string[];
  /** The variable that moves its port: BANDS_API_PORT for bands-api. */
  portVariable: string;
  /** The variables that it is started with; `{name}` stands for the port of the service of that name. */
  env: Record<string, string>;
}

/**
 * Reads every service of a step or of the working copy, in alphabetical order.
 * @throws UserError for a service.json that can't be read, or that names a shared service that doesn't exist
 */
export async function readServices(stepFolder: string): Promise<Service[]> {
  const names = (await readdir(stepFolder)).filter((name) =>
    existsSync(join(stepFolder, name, 'service.json')),
  );
  return Promise.all(names.toSorted().map((name) => readService(name, join(stepFolder, name))));
}

/** Whether a service sets up tracing: then its tracing.ts is loaded before its app. */
export function isTraced(service: Service): boolean {
  return existsSync(join(service.folder, 'tracing.ts'));
}

async function readService(name: string, place: string): Promise<Service> {
  const { shared } = await readServiceJson(place);
  const folder = shared === undefined ? place : join(projectFolder, 'steps', 'shared', shared);
  const { port, needs = [], env = {}, ...rest } = await readServiceJson(folder);
  const portVariable = `${name.toUpperCase().replaceAll('-', '_')}_PORT`;
  return {
    ...rest,
    name,
    folder,
    portVariable,
    needs,
    env,
    ...(port && { port: portFrom(portVariable, port) }),
  };
}

async function readServiceJson(folder: string): Promise<Partial<Service> & { shared?: string }> {
  const file = join(folder, 'service.json');
  try {
    const content: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof content !== 'object' || content === null) throw new Error('it is not an object');
    return content;
  } catch (error) {
    throw new UserError(`${file} can't be read (${messageOf(error)}): npm run step -- --reset restores it.`);
  }
}

/** The environment that a service is started with, its `{name}`s replaced by ports. */
export function environmentOf(service: Service, ports: ReadonlyMap<string, number>): Record<string, string> {
  const fill = (text: string) => text.replace(/\{([\w-]+)\}/g, (all, name) => String(ports.get(name) ?? all));
  return Object.fromEntries(Object.entries(service.env).map(([name, text]) => [name, fill(text)]));
}
