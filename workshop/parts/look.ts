import { portOwner } from '../net/port-owner.ts';
import type { Environment, Part } from './part.ts';
import { isStartable, packageOf, type Programs, programsOf } from './programs.ts';
import { runningOf } from './running.ts';

/** How a part can be had: it runs at an address, it can be started, or neither; then a sentence says what to do. */
export type Found = { address: Environment } | { programs: Programs } | { missing: string };

/**
 * Finds out how a part can be had, without starting anything: at the address in its variables, and nowhere else if one
 * is set; started by another command of the workshop; at its usual address; from an installed or a fetched program.
 * @throws UserError if a variable has a wrong value
 */
export async function lookFor(part: Part): Promise<Found> {
  const variables = part.variables.filter((name) => process.env[name]);
  const address = part.address();
  if (variables.length > 0) return lookAt(part, address, variables);

  const running = await runningOf(part);
  if (running) return { address: running };

  const usual = part.usesStrangers ? await part.probe(address) : 'nothing';
  if (usual === 'ready') return { address };
  const programs = programsOf(part);
  if (programs && isStartable(part)) return { programs };
  if (typeof usual === 'object') return { missing: usual.refusal };
  return { missing: programs ? `installed but not running. ${howToStart(part)}` : howToGet(part) };
}

/** Looks at an address that the user gave. */
async function lookAt(part: Part, address: Environment, variables: string[]): Promise<Found> {
  const found = await part.probe(address);
  if (found === 'ready') return { address };
  if (typeof found === 'object') return { missing: found.refusal };

  const { host, port } = part.place(address);
  const place = `${host}:${port} (from ${variables.join(' and ')})`;
  if (found === 'stranger') {
    const owner = (await portOwner(port)) ?? 'another program';
    return { missing: `${place} is held by ${owner}. Stop that, or set ${part.variables.at(-1)}.` };
  }
  const programs = programsOf(part);
  const unset = `unset ${variables.join(' and ')}`;
  const instead = !programs
    ? `It is ${howToGet(part)}`
    : isStartable(part)
      ? `It is installed here: ${unset}, and the workshop starts it.`
      : `It is installed here but not running. ${howToStart(part)}`;
  return { missing: `nothing answers at ${place}. ${instead}` };
}

/** How to get a part that is not installed, on this system. */
export function howToGet(part: Part): string {
  const fetch = packageOf(part) ? `npm run parts ${part.name}` : undefined;
  return `not installed. Get it with ${oneOf([fetch, part.install[process.platform], part.docker])}.`;
}

function howToStart(part: Part): string {
  return `Start it with ${oneOf([part.start[process.platform], part.docker])}.`;
}

function oneOf(commands: (string | undefined)[]): string {
  return commands.filter((command) => command !== undefined).join(', or ');
}
