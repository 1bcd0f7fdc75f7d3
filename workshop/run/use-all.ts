import { requireUsableBackend, type UsedBackend, useBackend } from '../backend/connect.ts';
import { interruption } from '../command-line/interruption.ts';
import { openProgress } from '../command-line/progress.ts';
import { type UsedServices, useServices } from '../services/use.ts';
import { isChecked, projectFolder } from '../settings.ts';
import { listed } from '../listed.ts';

/**
 * Uses the services of a folder and a trace backend, and starts what isn't running: both at once, because services take a
 * while to start. If one fails, the other is stopped.
 * @throws UserError as `useServices` and `useBackend` do
 */
export async function useAll(folder: string): Promise<{ services: UsedServices; backend: UsedBackend }> {
  const ownPorts = folder !== projectFolder && !isChecked;
  await requireUsableBackend();
  const progress = openProgress();
  const [services, backend] = await Promise.allSettled([
    useServices(folder, {
      ownPorts,
      onStarting: (names) => progress.show(`Starting ${listed(names)}`),
      onReady: progress.note,
      signal: interruption.signal,
    }),
    useBackend(),
  ]);
  progress.end();
  if (services.status === 'fulfilled' && backend.status === 'fulfilled') {
    return { services: services.value, backend: backend.value };
  }

  if (services.status === 'fulfilled') await services.value.stop();
  if (backend.status === 'fulfilled') await backend.value.close();
  throw backend.status === 'rejected' ? backend.reason : (services as PromiseRejectedResult).reason;
}
