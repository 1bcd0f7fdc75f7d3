import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UserError } from '../errors.ts';
import { portFrom, projectFolder } from '../settings.ts';

/** A service of a step: a folder with a service.json. */
export interface Service {
  /** The name of its folder in the step. */
  name: string;
  /**
   * The folder with its code: the one in the step or, if the service.json there is `{ "shared": "gateway" }`,
   * steps/shared/gateway, which has another service.json.
   */
  folder: string;
  /** Its port; a service that only consumes messages has none. */
  port?: number;
  /** The protocol at that port: HTTP unless given. */
  protocol?: 'grpc';
  /** Where it publishes messages, as in exchange:routing-key. */
  publishes?: string;
  /** The queue that it consumes messages from; a service without a port is recognised by it. */
  consumes?: string;
  /** The queue that it rejects invalid messages to. */
  deadLetters?: string;
  /** The names of the parts that have to run before it. */
  needs: string[];
  /** The variable that sets its port: BANDS_API_PORT for bands-api. */
  portVariable: string;
  /** Its environment variables; `{name}` stands for the port of the service with that name. */
  env: Record<string, string>;
}

/**
 * Reads the services of a step or of the working copy, in alphabetical order.
 * @throws UserError if a service.json can't be read, or names a shared service that doesn't exist
 */
export async function readServices(stepFolder: string): Promise<Service[]> {
  const names = (await readdir(stepFolder)).filter((name) =>
    existsSync(join(stepFolder, name, 'service.json')),
  );
  return Promise.all(names.toSorted().map((name) => readService(name, join(stepFolder, name))));
}

/** Whether a service has a tracing.ts, which is loaded before its app. */
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

/** The environment variables of a service, with each `{name}` replaced by a port. */
export function environmentOf(service: Service, ports: ReadonlyMap<string, number>): Record<string, string> {
  const fill = (text: string) => text.replace(/\{([\w-]+)\}/g, (all, name) => String(ports.get(name) ?? all));
  return Object.fromEntries(Object.entries(service.env).map(([name, text]) => [name, fill(text)]));
}
