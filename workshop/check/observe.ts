import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { queryTraces } from '../backend/query.ts';
import { type Backend, startBackend } from '../backend/start.ts';
import { messageOf } from '../errors.ts';
import { isTraced, readServices, type Service } from '../services/definition.ts';
import { accepts } from '../net/accepts.ts';
import { emptyQueue, waitingIn } from '../parts/rabbitmq-client.ts';
import { useParts } from '../parts/use.ts';
import { PartRefusedError, type RunningService, startService } from '../services/start.ts';
import { batchDelayMs, jaegerUrl } from '../settings.ts';
import type { Trace } from '../trace/model.ts';
import {
  notListening,
  notStarted,
  findStuck,
  nothingToStart,
  requireGoodRun,
  unreadable,
} from './observation-error.ts';
import type { CheckCall, Lesson } from './lesson.ts';
import { caller, callOfRun, type Observation } from './observation.ts';
import { type Network, openNetwork } from './network.ts';
import { type Exchange, openOtlpRelay } from './relay.ts';
import { runAgain, type SecondRun } from './second-run.ts';
import { runChild } from './run-child.ts';
import { countRejected, sendMessage } from './send-message.ts';
import { openTap } from './tap.ts';

/** How a folder is observed. */
export interface ObserveOptions {
  /** Holds run.ts and a folder for each service. */
  folder: string;
  /** What the lesson does beside running run.ts, and what it waits for. */
  lesson: Pick<Lesson, 'calls' | 'messages' | 'traceIdHeader' | 'awaits'>;
  /** How long run.ts may take once the services have started, 30 s if not given. ms. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

const TIMEOUT_MS = 30_000; // thirty laptops differ, and the first steps take seven seconds on any of them
const QUIET_MS = batchDelayMs + 150; // a span that ended before has left its batch by then
const SILENT_MS = 1_500; // what has not come by then never will
const SETTLE_TIMEOUT_MS = 5_000;

/**
 * Starts the services of a folder on free ports, with a trace backend of its own, runs its run.ts, makes the calls of
 * the lesson meanwhile, ends everything again and gives what could be seen.
 * @throws ObservationError when there is nothing to see because something did not start, crashed, failed or took too long
 * @throws UserError when a part is missing or refuses a service
 */
export async function observe(options: ObserveOptions): Promise<Observation> {
  const opened: (() => Promise<unknown>)[] = [];
  const closeLater = <T>(thing: T, close: (thing: T) => Promise<unknown>) => {
    opened.push(() => close(thing));
    return thing;
  };
  try {
    return await observed(options, closeLater);
  } finally {
    for (const close of opened.toReversed()) await close();
  }
}

type CloseLater = <T>(thing: T, close: (thing: T) => Promise<unknown>) => T;

async function observed(options: ObserveOptions, closeLater: CloseLater): Promise<Observation> {
  const { folder, timeoutMs = TIMEOUT_MS } = options;
  const { calls = {}, messages = {}, awaits, traceIdHeader } = options.lesson;
  const signal = options.signal ?? new AbortController().signal;

  const services = await readServices(folder).catch((error) => {
    throw unreadable(error);
  });
  if (services.length === 0) throw nothingToStart();
  const parts = closeLater(await useParts(services, { signal }), (used) => used.stop());
  // A message that an earlier run left would be processed, too, and its span taken for one of this run.
  for (const { consumes } of services) if (consumes) await emptyQueue(consumes, parts.env);
  const rejectedBefore = await countRejected(services, parts.env);
  const backend = closeLater(
    await startBackend({ queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 }),
    (started) => started.close(),
  );
  const door = closeLater(
    await openOtlpRelay({ grpc: portOf(backend.otlpGrpcUrl), http: portOf(backend.otlpHttpUrl) }),
    (relay) => relay.close(),
  );
  const state = closeLater(await mkdtemp(join(tmpdir(), 'workshop-check-')), (path) =>
    rm(path, { recursive: true, force: true, maxRetries: 5 }),
  );

  const seen: Observation = {
    folder,
    services,
    run: { stdout: [], stderr: [] },
    calls: new Map(),
    exchanges: [],
    messages: [],
    unsettled: new Map(),
    rejected: new Map(),
    traces: [],
    lines: new Map(services.map(({ name }) => [name, []])),
    endpoint: `http://localhost:${door.port}`,
    elsewhere: { url: jaegerUrl().origin, traces: [] },
  };

  const startMs = Date.now();
  let tellCalled = () => {};
  const called = new Promise<void>((resolve) => (tellCalled = resolve));
  const blocked = Object.values(calls).flatMap((call) => call.blocks ?? []);
  const network = closeLater(
    await openNetwork([caller, ...services.map(({ name }) => name)], services, {
      onExchange(exchange) {
        seen.exchanges.push(exchange);
        if (exchange.from === caller) tellCalled();
      },
      blocks: ({ to, path }) => blocked.some((block) => block.to === to && path.includes(block.mentioning)),
    }),
    (relays) => relays.close(),
  );
  const running = closeLater(await startAll(seen, { network, parts: parts.env, signal }), stopAll);
  const ended = new Set<string>();
  for (const { service, ended: end } of running) void end.then(() => ended.add(service.name));

  const tap = closeLater(await openTap(services, parts.env), ({ close }) => close());
  seen.messages = tap.messages;

  const runEnv = {
    ...process.env,
    ...parts.env,
    ...tracingEnv(seen.endpoint),
    ...portVariables(services, network.portsFor(caller)),
    JAEGER_URL: backend.queryUrl,
    OTLP_URL: backend.otlpHttpUrl,
    WORKSHOP_CHECK: '1',
    WORKSHOP_STATE: state,
    NO_COLOR: '1',
  };
  const deadline = closeLater(openDeadline(signal, timeoutMs), async (opened) => opened.clear());
  const ending = runChild(folder, runEnv, deadline.signal);
  // Not before run.ts has called: a service that one of these calls takes down could not say to run.ts who it is.
  await Promise.race([called, ending]);
  const [runEnd] = await Promise.all([
    ending,
    ...Object.entries(calls).map(async ([name, call]) => {
      if (call.afterwards) await ending;
      seen.calls.set(name, await send(name, call, network.ports.get(call.to)!, deadline.signal));
    }),
  ]);
  signal.throwIfAborted();
  seen.run = runEnd;
  const stuck = runEnd.code === 'timeout' ? await findStuck(seen, network.ports) : undefined;
  const crashed = [...ended][0];
  if (runEnd.code === 0) {
    for (const [name, message] of Object.entries(messages))
      seen.calls.set(name, await sendMessage(name, message, services, parts.env));
    const [, secondRun] = await Promise.all([
      untilQuiet(backend, services, awaits),
      traceIdHeader &&
        runWithOtherId(seen, traceIdHeader, { folder, env: runEnv, network, signal: deadline.signal }),
    ]);
    if (secondRun) seen.secondRun = secondRun;
  }
  await stopAll(running); // which sends the spans that a service holds back, and reads what it printed to the end
  requireGoodRun(seen, runEnd, { timeoutMs, crashed, stuck });
  for (const { name, consumes } of services) {
    if (consumes) seen.unsettled.set(name, await waitingIn(consumes, parts.env));
  }
  for (const [name, count] of await countRejected(services, parts.env))
    seen.rejected.set(name, count - (rejectedBefore.get(name) ?? 0));
  seen.traces = tracesOf(backend);
  seen.elsewhere.traces = await tracesElsewhere(seen, startMs);
  return seen;
}

/** Tells run.ts another trace id in its answer, in a run of its own; undefined if it got no answer before. */
async function runWithOtherId(
  seen: Observation,
  header: string,
  { network, ...how }: { folder: string; env: NodeJS.ProcessEnv; network: Network; signal: AbortSignal },
): Promise<SecondRun | undefined> {
  const call = callOfRun(seen);
  if (!call?.response) return undefined;
  const { portVariable } = seen.services.find(({ name }) => name === call.to)!;
  return runAgain(call, header, { ...how, portVariable, port: network.ports.get(call.to)! });
}

interface StartOptions {
  network: Network;
  /** Where the parts are. */
  parts: Record<string, string>;
  signal: AbortSignal;
}

async function startAll(seen: Observation, options: StartOptions): Promise<RunningService[]> {
  const starts = await Promise.allSettled(seen.services.map((service) => startOne(service, seen, options)));
  const running = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const failed = starts.findIndex((start) => start.status === 'rejected');
  if (failed < 0) return running;
  await stopAll(running);
  options.signal.throwIfAborted();
  const { reason } = starts[failed] as PromiseRejectedResult;
  throw reason instanceof PartRefusedError ? reason : notStarted(seen, seen.services[failed]!, reason);
}

/** Starts a service, at another port if somebody took the one that it was given before it could. */
async function startOne(service: Service, seen: Observation, { network, parts, signal }: StartOptions) {
  const { name } = service;
  const lines = seen.lines.get(name)!;
  for (;;) {
    const ports = network.portsFor(name);
    const started = startService(service, {
      ports,
      env: { ...parts, ...tracingEnv(seen.endpoint) },
      onLine: (line) => lines.push(line),
      keepLog: false,
      signal,
    });
    try {
      const running = await started;
      const port = ports.get(name);
      if (port === undefined || (await accepts(port))) return running;
      await running.stop();
      throw notListening(service);
    } catch (error) {
      const wasTaken = lines.some(
        (line) => line.includes('EADDRINUSE') && line.endsWith(`:${ports.get(name)}`),
      );
      if (!wasTaken) throw error;
      lines.length = 0;
      await network.move(name);
    }
  }
}

async function stopAll(running: RunningService[]): Promise<void> {
  await Promise.all(running.map((service) => service.stop()));
}

/** The variables that tell run.ts where the services are. */
function portVariables(services: Service[], ports: ReadonlyMap<string, number>): Record<string, string> {
  return Object.fromEntries(
    services.flatMap(({ name, portVariable }) =>
      ports.has(name) ? [[portVariable, String(ports.get(name))]] : [],
    ),
  );
}

/** What makes spans come here, errors of the exporter be said, and the random part the same each time. */
function tracingEnv(endpoint: string): Record<string, string> {
  const endpoints = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint };
  return { ...endpoints, OTEL_LOG_LEVEL: 'warn', WORKSHOP_SEED: '1' };
}

/** Sends a call of the check's own; without an answer it is an exchange without one. */
async function send(
  name: string,
  { to, method = 'GET', path, headers = {} }: CheckCall,
  port: number,
  signal: AbortSignal,
): Promise<Exchange> {
  const exchange: Exchange = {
    from: name,
    to,
    method,
    path,
    headers: Object.entries(headers),
    startMs: Date.now(),
  };
  try {
    const response = await fetch(`http://localhost:${port}${path}`, { method, headers, signal });
    const body = await response.text();
    exchange.response = { status: response.status, headers: [...response.headers], body, endMs: Date.now() };
  } catch (error) {
    exchange.error = messageOf(error);
  }
  return exchange;
}

/**
 * A signal that comes when another does, or after some time. (AbortSignal.any() with AbortSignal.timeout() may be
 * collected as garbage in Node 20 before it comes: nothing but itself holds it.)
 */
function openDeadline(signal: AbortSignal, ms: number) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, ms);
  signal.addEventListener('abort', abort);
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    },
  };
}

/** Waits until no more spans come, a little longer while one is missing: any of a service, or the one that is awaited. */
async function untilQuiet(backend: Backend, services: Service[], awaits: Lesson['awaits']): Promise<void> {
  const { store } = backend;
  const traced = services.filter(isTraced).map(({ name }) => name);
  const since = performance.now();
  let accepted = -1;
  let changedAt = since;
  for (;;) {
    const seen = store.status().accepted;
    const now = performance.now();
    if (seen !== accepted) changedAt = now;
    accepted = seen;
    const silent = traced.some((name) => !store.operations.services().includes(name));
    const late = awaits && !tracesOf(backend).some(({ spans }) => spans.some(awaits));
    const patience = silent || late ? SILENT_MS : QUIET_MS;
    if (now - changedAt >= patience || now - since >= SETTLE_TIMEOUT_MS) return;
    await sleep(25);
  }
}

function tracesOf({ store }: Backend): Trace[] {
  return [...store.traces()].map(({ id }) => store.trace(id)!);
}

/** Looks for the spans of services that have none here in the backend that the workshop uses otherwise. */
async function tracesElsewhere(
  { services, traces, elsewhere }: Observation,
  startMs: number,
): Promise<Trace[]> {
  const here = new Set(traces.flatMap(({ spans }) => spans.map(({ service }) => service)));
  const missing = services.filter((service) => isTraced(service) && !here.has(service.name));
  const found = await Promise.all(
    missing.map(({ name }) => queryTraces(elsewhere.url, startMs, name).catch(() => [])), // none runs: none found
  );
  return found.flat();
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
