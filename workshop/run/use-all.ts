import { requireUsableBackend, type UsedBackend, useBackend } from '../backend/connect.ts';
import { interruption } from '../command-line/interruption.ts';
import { openProgress } from '../command-line/progress.ts';
import { inTurn } from '../services/turn.ts';
import { type StartOptions, type UsedServices, useServices } from '../services/use.ts';
import { isChecked, isRepeated, projectFolder } from '../settings.ts';
import { listed } from '../listed.ts';

/** What a run.ts uses. */
export interface Used {
  services: UsedServices;
  backend: UsedBackend;
}

/**
 * Uses the services of a folder and a trace backend, and starts what isn't running: both at once, because services take a
 * while to start. If one fails, the other is stopped.
 * @throws UserError as `useServices` and `useBackend` do
 */
export function useAll(folder: string): Promise<Used> {
  const ownPorts = folder !== projectFolder && !isChecked && !isRepeated;
  return showingProgress(async (options) => {
    await requireUsableBackend();
    const [services, backend] = await Promise.allSettled([
      useServices(folder, { ownPorts, ...options }),
      useBackend(),
    ]);
    if (services.status === 'fulfilled' && backend.status === 'fulfilled') {
      return { services: services.value, backend: backend.value };
    }
    if (services.status === 'fulfilled') await services.value.stop();
    if (backend.status === 'fulfilled') await backend.value.close();
    throw backend.status === 'rejected' ? backend.reason : (services as PromiseRejectedResult).reason;
  });
}

/** Starts something when no other command does, and shows what it waits for. */
export async function showingProgress<Started>(
  start: (options: StartOptions) => Promise<Started>,
): Promise<Started> {
  const { signal } = interruption;
  const progress = openProgress();
  const options: StartOptions = {
    onStarting: (names) => progress.show(`Starting ${listed(names)}`),
    onReady: progress.note,
    signal,
  };
  const onWaiting = () => progress.show('Waiting for another command, which is starting services');
  try {
    return await inTurn(() => start(options), { onWaiting, signal });
  } finally {
    progress.end();
  }
}
