import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { listed } from '../listed.ts';
import { portOwnerFolders } from '../net/port-owner.ts';
import type { UsedServices } from './use.ts';

/**
 * Sentences about services that were already running and whose code is in another folder, such as another clone: which
 * they are, and in which folder. There are none if the system doesn't say where a process runs.
 */
export async function strangersText({ services, started, ports }: UsedServices): Promise<string[]> {
  const own = new Set(started.map(({ service }) => service));
  const strangers = new Map<string, string[]>();
  const running = services.filter((service) => !own.has(service) && ports.has(service.name));
  const folders = await portOwnerFolders(running.map(({ name }) => ports.get(name)!));
  for (const service of running) {
    const folder = folders.get(ports.get(service.name)!);
    if (folder === undefined || folder === (await realpath(service.folder))) continue;
    const step = dirname(folder);
    strangers.set(step, [...(strangers.get(step) ?? []), service.name]);
  }
  return [...strangers].map(
    ([step, names]) =>
      `The responses come from ${listed(names)} in ${step}, not from the code in this folder.`,
  );
}
