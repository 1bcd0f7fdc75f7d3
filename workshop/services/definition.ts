import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UserError } from '../errors.ts';
import { portFrom } from '../settings.ts';

/** A service of a step: a folder that holds a service.json. */
export interface Service {
  /** The folder's name, which is the service's name. */
  name: string;
  folder: string;
  /** Where it listens if nobody says otherwise; a service that only consumes messages has none. */
  port?: number;
  /** How it is spoken to at its port: HTTP if nothing else is said. */
  protocol?: 'grpc';
  /** Where it publishes messages to, as in exchange:routing-key. */
  publishes?: string;
  /** The queue that it takes messages from: what a service without a port is seen by. */
  consumes?: string;
  /** What must run before it and is not started by the workshop: names of needs.ts. */
  needs: string[];
  /** The variable that moves its port: BANDS_API_PORT for bands-api. */
  portVariable: string;
  /** What it is started with; `{name}` stands for the port of the service of that name. */
  env: Record<string, string>;
}

/** Every service of a step or of the working copy, by the alphabet. Throws UserError for a broken service.json. */
export async function readServices(stepFolder: string): Promise<Service[]> {
  const entries = await readdir(stepFolder, { withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isDirectory() && existsSync(join(stepFolder, entry.name, 'service.json')))
    .map((entry) => entry.name)
    .toSorted();

  return Promise.all(folders.map((name) => readService(name, join(stepFolder, name))));
}

/** Whether a service sets up tracing: then its tracing.ts is loaded before its app. */
export function isTraced(service: Service): boolean {
  return existsSync(join(service.folder, 'tracing.ts'));
}

async function readService(name: string, folder: string): Promise<Service> {
  const file = join(folder, 'service.json');
  const portVariable = `${name.toUpperCase().replaceAll('-', '_')}_PORT`;
  try {
    const {
      port,
      needs = [],
      env = {},
      ...rest
    } = JSON.parse(await readFile(file, 'utf8')) as Partial<Service>;
    return {
      ...rest,
      name,
      folder,
      portVariable,
      needs,
      env,
      ...(port && { port: portFrom(portVariable, port) }),
    };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${file} cannot be read (${messageOf(error)}): put back the one of its step.`);
  }
}

/** The environment that a service is started with, its `{name}`s replaced by ports. */
export function environmentOf(service: Service, ports: ReadonlyMap<string, number>): Record<string, string> {
  const fill = (text: string) => text.replace(/\{([\w-]+)\}/g, (all, name) => String(ports.get(name) ?? all));
  return Object.fromEntries(Object.entries(service.env).map(([name, text]) => [name, fill(text)]));
}
