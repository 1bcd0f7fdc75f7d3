import type { Found } from './look.ts';
import type { Part } from './part.ts';

/** Says in a sentence how a part can be had. */
export function describe(part: Part, found: Found): string {
  if ('missing' in found) return `${part.title}: ${found.missing}`;
  if ('address' in found) {
    const { host, port } = part.place(found.address);
    return `${part.title} is running at ${host}:${port}.`;
  }
  const { binaries, isFetched } = found.programs;
  return `${part.title} is ${isFetched ? 'fetched' : 'installed'} in ${binaries}. The workshop starts it for a step that needs it.`;
}
