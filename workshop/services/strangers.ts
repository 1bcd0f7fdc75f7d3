import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { listed } from '../listed.ts';
import { portOwnerFolder } from '../net/port-owner.ts';
import type { UsedServices } from './use.ts';

/**
 * Sentences about services that were already running and whose code is in another folder, such as another clone: which
 * they are, and in which folder. There are none if the system doesn't say where a process runs.
 */
export async function strangersText({ services, started, ports }: UsedServices): Promise<string[]> {
  const own = new Set(started.map(({ service }) => service));
  const strangers = new Map<string, string[]>();
  for (const service of services) {
    const port = ports.get(service.name);
    if (own.has(service) || port === undefined) continue;
    const folder = await portOwnerFolder(port);
    if (folder === undefined || folder === (await realpath(service.folder))) continue;
    const step = dirname(folder);
    strangers.set(step, [...(strangers.get(step) ?? []), service.name]);
  }
  return [...strangers].map(
    ([step, names]) =>
      `The responses come from ${listed(names)} in ${step}, not from the code in this folder.`,
  );
}
