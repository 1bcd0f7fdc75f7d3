import { portOwner } from '../net/port-owner.ts';
import type { Environment, Part } from './part.ts';
import { binariesOf, isStartable, packageOf } from './programs.ts';
import { publishedAddress, runningOf } from './running.ts';
import { listed } from '../listed.ts';

/**
 * How to get at a part: it is running at an address, it can be started from a folder with its programs, or neither. In
 * that case, a sentence says what to do.
 */
export type Found = { address: Environment } | { binaries: string } | { missing: string };

/**
 * Looks for a part without starting anything: at the address in its variables, and nowhere else if one of them is set;
 * started by another command of the workshop, unless the caller needs its own instance; at its usual address; as an
 * installed or a fetched program.
 * @throws UserError if a variable has an invalid value
 */
export async function lookFor(part: Part, { ownInstance = false } = {}): Promise<Found> {
  const address = part.address();
  if (setVariables(part).length > 0) return lookAt(part, address);

  const running = ownInstance ? undefined : await runningOf(part);
  if (running) return { address: running };

  const usual = part.acceptsAnyInstance ? await part.probe(address) : 'nothing';
  if (usual === 'ready') return { address };
  const binaries = binariesOf(part);
  if (binaries && isStartable(part)) return { binaries };
  if (typeof usual === 'object') return { missing: usual.refusal };
  return { missing: binaries ? `installed but not running. ${howToStart(part)}` : howToGet(part) };
}

/**
 * The address in a part's variables, or else the one at which the workshop has started it. The part may have stopped since
 * then. Undefined if only `lookFor` can tell.
 * @throws UserError if a variable has an invalid value
 */
export function knownAddress(part: Part): Environment | undefined {
  return setVariables(part).length > 0 ? part.address() : publishedAddress(part);
}

/** The variables that say where a part is and that are set. */
export function setVariables(part: Part): string[] {
  return part.variables.filter((name) => process.env[name]);
}

/** Says in a sentence where a part is, or how to get it. */
export function describe(part: Part, found: Found): string {
  if ('missing' in found) return `${part.title}: ${found.missing}`;
  if ('address' in found) {
    const { host, port } = part.place(found.address);
    return `${part.title} is running at ${host}:${port}.`;
  }
  return `${part.title} is installed in ${found.binaries}. The workshop starts it for a step that needs it.`;
}

/** Looks at an address that the user gave. */
async function lookAt(part: Part, address: Environment): Promise<Found> {
  const found = await part.probe(address);
  if (found === 'ready') return { address };
  if (typeof found === 'object') return { missing: found.refusal };

  const variables = listed(setVariables(part));
  const { host, port } = part.place(address);
  const place = `${host}:${port} (from ${variables})`;
  if (found === 'other') {
    const owner = (isLoopback(host) && (await portOwner(port))) || 'another program';
    return { missing: `${place} is used by ${owner}. Stop it, or change ${part.variables.at(-1)}.` };
  }
  const instead = !binariesOf(part)
    ? `It is ${howToGet(part)}`
    : isStartable(part)
      ? `It is installed here: unset ${variables}, and the workshop starts it.`
      : `It is installed here but not running. ${howToStart(part)}`;
  return { missing: `nothing is listening at ${place}. ${instead}` };
}

/** Says how to get a part that is not installed on this system. */
export function howToGet(part: Part): string {
  const fetch = packageOf(part) ? `npm run parts ${part.name}` : undefined;
  return `not installed. Get it with ${oneOf([fetch, part.install[process.platform], part.docker])}.`;
}

function howToStart(part: Part): string {
  return `Start it with ${oneOf([part.start?.[process.platform], part.docker])}.`;
}

function oneOf(commands: (string | undefined)[]): string {
  return commands.filter((command) => command !== undefined).join(', or ');
}

function isLoopback(host: string): boolean {
  return ['localhost', '127.0.0.1', '::1'].includes(host);
}
