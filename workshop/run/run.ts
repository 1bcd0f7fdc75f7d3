/** Imported by each run.ts: everything around the one call that the lesson is about. */
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { whereTracesAre } from '../backend/connect.ts';
import { messageOf } from '../errors.ts';
import { interruption } from '../command-line/interruption.ts';
import { main } from '../command-line/main.ts';
import { awaitLogs } from './await-logs.ts';
import { call, type Call, type CallResult, type MakeCall } from './call.ts';
import { indicatorsText, type Promised, readIndicators } from './indicators.ts';
import { aBand, type Asked, readRunOptions, type RunOptions } from './options.ts';
import { callJson, callLine, hasFailed, note, noteFailure, showCall } from './show.ts';
import { sayIfSilent } from './silence.ts';
import type { Environment } from '../parts/part.ts';
import { strangersText } from '../services/strangers.ts';
import { printAlone } from './json-alone.ts';
import { repeatAtEachKey } from './repeat.ts';
import { type Used, useAll } from './use-all.ts';
import { isChecked, isRepeated, tracingVariablesText } from '../settings.ts';
import { listed } from '../listed.ts';

export type { Call } from './call.ts';

/**
 * Starts what isn't running yet, makes the call, waits for its trace, and shows both: the response and the URL of the
 * trace on stdout, the rest on stderr. On a terminal, if it started the backend, it keeps running so that the URL works.
 * Sets the exit code: 0; 1 if the call failed or something could not be started; 2 for an invalid command line. `asked`
 * is what the call asks for, a band by default.
 *
 * The working copy uses the services that are already running. A step in steps/ starts its own services on free ports,
 * because those that are running may belong to another step.
 */
export function run(makeCall: MakeCall, folder: string, asked = aBand): Promise<void> {
  // The caller may be traced, but the workshop's own requests must not appear in traces.
  return context.with(suppressTracing(ROOT_CONTEXT), () =>
    main(async () => {
      const options = readRunOptions(asked);
      const used = await useAll(folder);
      const makeTracedCall = (given: Call) =>
        sayIfSilent(
          (places) => context.with(ROOT_CONTEXT, () => makeCall({ ...given, ...places })),
          used.services,
          note,
        );
      const callOnce = () => call(makeTracedCall, used.services, used.backend, options.chosen);
      try {
        if (!isRepeated) note(usageText(used));
        for (const sentence of isChecked ? [] : await strangersText(used.services)) note(sentence);
        const variables = tracingVariablesText();
        if (variables) note(variables);
        return await interruption.orDone(callAndShow(callOnce, options, used, asked));
      } finally {
        await Promise.all([used.services.stop(), used.backend.close()]);
      }
    }),
  );
}

async function callAndShow(
  callOnce: () => Promise<CallResult>,
  options: RunOptions,
  used: Used,
  asked: Asked,
) {
  const { times, json } = options;
  const show = async (result: CallResult) => {
    await showTraced(result, options, used);
    if (asked.promise && !isChecked) await showIndicators(asked.promise, used.services.env);
  };
  let failed = false;

  for (let number = 1; number <= (times ?? 1); number++) {
    const result = await callOnce();
    failed ||= hasFailed(result);
    if (json || times) noteFailure(result);
    if (json) printAlone(callJson(result, asked));
    else if (times) console.log(callLine(result, number, times));
    else await show(result);
  }

  const stays = used.backend.started && process.stdin.isTTY && process.stdout.isTTY && !times && !json;
  if (stays) await repeatAtEachKey(used);
  return failed ? 1 : 0;
}

/** Prints how a promise has been kept in the last minute. */
async function showIndicators(promise: Promised, { PROMETHEUS_URL }: Environment) {
  try {
    const rows = await readIndicators(PROMETHEUS_URL!, promise, Date.now());
    note(`\n${indicatorsText(rows, promise)}`);
  } catch (error) {
    note(`\nThe indicators can't be shown: ${messageOf(error)}`);
  }
}

/** Prints a call, with the log lines of its trace if they are wanted. */
async function showTraced(
  result: CallResult,
  { explain, logs }: RunOptions,
  { backend, services: { services } }: Used,
) {
  const id = result.trace?.traceId;
  const isStored = logs && id && backend.kind !== 'jaeger';
  const records = isStored ? await awaitLogs(() => backend.traces.logs(id), id, services) : [];
  const whole = id === undefined ? undefined : await backend.traces.whole(id).catch(() => undefined); // the backend has just ended
  showCall({ ...result, ...(whole && { trace: whole.trace }) }, { ...whole, explain, logs: records });
  if (result.trace && result.traceId && !isChecked) {
    const before = await backend.traces.before(result.trace).catch(() => undefined); // the backend has just stopped
    if (before) note(`Compare with the previous call: ${backend.url}/trace/${before}...${result.traceId}`);
  }
  if (!logs || !id || records.length > 0) return;
  const reason =
    backend.kind === 'jaeger' ? 'Jaeger stores no log lines' : 'No log line of this trace arrived over OTLP';
  note(`${reason}. To read what the services printed, run npm run logs ${id}.`);
}

function usageText({ services, backend }: Used): string {
  const started = services.started.map(({ service }) => service.name);
  const running = services.services.map(({ name }) => name).filter((name) => !started.includes(name));
  return [
    `Using ${whereTracesAre(backend)}`,
    ...(running.length > 0 ? [`${listed(running)} (already running)`] : []),
    ...(started.length > 0 ? [`${listed(started)} (started)`] : []),
  ].join(', ');
}
