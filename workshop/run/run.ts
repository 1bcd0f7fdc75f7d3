/** What a run.ts imports: everything around the one call that the lesson is about. */
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { requireUsableBackend, type UsedBackend, useBackend, whereTracesAre } from '../backend/connect.ts';
import { interruption } from '../command-line/interruption.ts';
import { main } from '../command-line/main.ts';
import { openProgress } from '../command-line/progress.ts';
import { call, type CallResult, type MakeCall } from './call.ts';
import { nextKey } from './keys.ts';
import { aBand, type Asked, readRunOptions, type RunOptions } from './options.ts';
import { callJson, callLine, hasFailed, note, noteFailure, showCall } from './show.ts';
import { type UsedServices, useServices } from '../services/use.ts';
import { isChecked, projectFolder } from '../settings.ts';

export type { Answer, Call } from './call.ts';

/**
 * Starts what is not running yet, makes the call, waits for its trace and shows both: the answer and the trace's
 * URL on stdout, the rest on stderr. On a terminal, with a backend of its own, it stays so that the URL can be
 * opened. Sets the exit code: 0; 1 if the call failed or something could not be started; 2 for a wrong flag.
 * `asked` is what the call asks for: a band, if nothing else is said.
 *
 * The working copy uses services that run already. A step in steps/ brings its own, on free ports, since those that
 * run may be another step's.
 */
export function run(makeCall: MakeCall, folder: string, asked = aBand): Promise<void> {
  // The caller may be traced itself; what the workshop does around the call must not show up in traces.
  return context.with(suppressTracing(ROOT_CONTEXT), () =>
    main(async () => {
      const options = readRunOptions(asked);
      const { services, backend } = await useAll(folder);
      note(whatIsUsed(services, backend));

      const callOnce = () =>
        call((given) => context.with(ROOT_CONTEXT, () => makeCall(given)), services, backend, options.chosen);
      try {
        return await interruption.orDone(callAndShow(callOnce, options, backend, asked));
      } finally {
        await Promise.all([services.stop(), backend.close()]);
      }
    }),
  );
}

/** Both at once, because starting a service takes a second of importing; if one fails, the other is ended. */
async function useAll(folder: string): Promise<{ services: UsedServices; backend: UsedBackend }> {
  const ownPorts = folder !== projectFolder && !isChecked;
  await requireUsableBackend();
  const progress = openProgress();
  const [services, backend] = await Promise.allSettled([
    useServices(folder, {
      ownPorts,
      onStarting: (names) => progress.show(`Starting ${names.join(' and ')}`),
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

async function callAndShow(
  callOnce: () => Promise<CallResult>,
  options: RunOptions,
  backend: UsedBackend,
  asked: Asked,
) {
  const { times, json, explain } = options;
  let failed = false;

  for (let number = 1; number <= (times ?? 1); number++) {
    const result = await callOnce();
    failed ||= hasFailed(result);
    if (json || times) noteFailure(result);
    if (json) console.log(callJson(result, asked.name));
    else if (times) console.log(callLine(result, number));
    else showCall(result, explain);
  }

  const stays = backend.started && process.stdin.isTTY && process.stdout.isTTY && !times && !json;
  if (stays) await callAtEachKey(callOnce, explain);
  return failed ? 1 : 0;
}

async function callAtEachKey(callOnce: () => Promise<CallResult>, explain: boolean) {
  for (;;) {
    note(`\nThe trace stays at its URL while this runs. Enter calls again, q or Ctrl-C quits.`);
    if ((await nextKey()) === 'quit') return;
    showCall(await callOnce(), explain);
  }
}

function whatIsUsed(services: UsedServices, backend: UsedBackend): string {
  const started = services.started.map(({ service }) => service.name);
  const running = services.services.map(({ name }) => name).filter((name) => !started.includes(name));
  return [
    `Using ${whereTracesAre(backend)}`,
    ...(running.length > 0 ? [`${running.join(' and ')} (running already)`] : []),
    ...(started.length > 0 ? [`${started.join(' and ')} (started)`] : []),
  ].join(', ');
}
