import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve as resolvePath } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { queryTraces } from '../backend/query.ts';
import { type Backend, PortInUseError, startBackend } from '../backend/start.ts';
import { anyLogs, findLogs } from '../backend/store/find-logs.ts';
import { messageOf } from '../errors.ts';
import { accepts } from '../net/accepts.ts';
import { portOf } from '../net/ports.ts';
import { useParts } from '../parts/use.ts';
import { portVariables, readServices, type Service } from '../services/definition.ts';
import { PartRefusedError, type RunningService, startService } from '../services/start.ts';
import { freePorts, settingsOf } from '../services/use.ts';
import { batchDelayMs, jaegerUrl, monitoringFolder, otlpGrpcUrl, otlpHttpUrl } from '../settings.ts';
import type { Trace } from '../trace/model.ts';
import type { CheckCall, Lesson } from './lesson.ts';
import { type Network, openNetwork } from './network.ts';
import {
  findStuck,
  invalidServiceJson,
  noServices,
  notListening,
  notStarted,
  requireSuccessfulRun,
} from './observation-error.ts';
import { caller, callOfRun, type Observation, traceparentOf } from './observation.ts';
import { ownNames } from './own-names.ts';
import { readRelations } from './relations.ts';
import { type Exchange, openOtlpRelay } from './relay.ts';
import { runRuleTests } from './rule-tests.ts';
import { runChild } from './run-child.ts';
import { NOT_COUNTED } from './scrapes.ts';
import { runAgain } from './second-run.ts';
import { countWaiting, sendMessage } from './send-message.ts';
import { measureSlowness } from './slowness.ts';
import { openTap } from './tap.ts';

/** How to observe a folder. */
export interface ObserveOptions {
  /** Contains run.ts and a folder for each service. */
  folder: string;
  /** What the lesson does in addition to running run.ts, and what it waits for. */
  lesson: Pick<Lesson, 'calls' | 'messages' | 'traceIdHeader' | 'awaits' | 'ruleTests' | 'programs'>;
  /** The time limit of run.ts once the services have started, 30 s by default; longer if they started slowly. ms. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** How busy the machine is; for tests. */
  measure?: () => Promise<number>;
}

const TIMEOUT_MS = 30_000; // the first steps take 7 s on any laptop
const USUAL_START_MS = 2_000; // of a service, with its imports, on a laptop that isn't busy
const QUIET_MS = batchDelayMs + 150; // after this time, the batch with any span that has ended has been sent
const SILENT_MS = 1_500; // for a span that is still missing
const SETTLE_TIMEOUT_MS = 5_000;
const NOWHERE = 'http://localhost:1'; // nothing listens there

/**
 * Starts the services of a folder on free ports with a trace backend, runs its run.ts, makes the calls of the lesson at
 * the same time, and stops everything.
 * @throws ObservationError if there is nothing to judge: something did not start, crashed, failed, or took too long
 * @throws UserError if a part is missing or refuses a service
 */
export async function observe(options: ObserveOptions): Promise<Observation> {
  const opened: (() => Promise<unknown>)[] = [];
  try {
    return await observed(options, (close) => void opened.push(close));
  } finally {
    for (const close of opened.toReversed()) await close().catch(reportLeftover);
  }
}

/** Something could not be stopped or removed after the check, which doesn't change its result. */
function reportLeftover(error: unknown): void {
  console.error(`After the check, something was left behind: ${messageOf(error)}`);
}

/** Observes a folder. `atEnd` gets what stops each thing that was started. */
async function observed(
  options: ObserveOptions,
  atEnd: (close: () => Promise<unknown>) => void,
): Promise<Observation> {
  const { folder, lesson, timeoutMs = TIMEOUT_MS, measure = measureSlowness } = options;
  const signal = options.signal ?? new AbortController().signal;

  const services = await readServices(folder).catch((error) => {
    throw invalidServiceJson(error);
  });
  if (services.length === 0) throw noServices();
  const sources = await readSources(folder, services);
  const ports = await freePorts(services);
  // Where a service publishes the endpoint, spans that arrive by an address in a file are wrong.
  const isPublished = services.some(isProvider);
  const backend = await openBackend(isPublished ? new Map() : sources);
  atEnd(() => backend.close());
  const otlp = await openOtlpRelay({
    grpc: portOf(backend.otlpGrpcUrl),
    http: portOf(backend.otlpHttpUrl),
  });
  atEnd(() => otlp.close());
  const settings = settingsOf(folder, services, ports, `localhost:${otlp.port}`);
  const used = await useParts(services, { settings, ownInstances: true, signal });
  atEnd(() => used.stop());
  const names = ownNames(services, used.env);
  atEnd(() => names.remove());
  const parts = names.env;
  const state = await mkdtemp(join(tmpdir(), 'workshop-check-'));
  atEnd(() => rm(state, { recursive: true, force: true, maxRetries: 5 }));

  const seen: Observation = {
    folder,
    services,
    run: { stdout: [], stderr: [] },
    calls: new Map(),
    exchanges: [],
    messages: [],
    unsettled: new Map(),
    rejected: new Map(),
    relations: [],
    programs: new Map(),
    ruleTests: lesson.ruleTests ? await runRuleTests(folder, lesson.ruleTests) : new Map(),
    traces: [],
    logs: [],
    lines: new Map(services.map(({ title }) => [title, []])),
    sources,
    endpoint: `http://localhost:${otlp.port}`,
    slowness: 1,
  };

  const slownessBefore = await measure();
  const startMs = Date.now();
  let reportCall = () => {};
  const called = new Promise<void>((resolve) => (reportCall = resolve));
  const blocked = Object.values(lesson.calls ?? {}).flatMap((call) => call.blocks ?? []);
  const network = await openNetwork([caller, ...services.map(({ name }) => name)], services, ports, {
    onExchange(exchange) {
      seen.exchanges.push(exchange);
      if (exchange.from === caller) reportCall();
    },
    blocks: ({ to, path }) => blocked.some((block) => block.to === to && path.includes(block.mentioning)),
  });
  atEnd(() => network.close());
  const env = {
    COLLECTOR_URL: '', // not the one of this shell; the check's own one is among the parts
    ...parts,
    ...tracingEnv(seen.endpoint),
    JAEGER_URL: backend.queryUrl,
    WORKSHOP_STATE: state,
  };
  const running = await startAll(seen, { network, env, signal, measure });
  atEnd(() => stopAll(running));
  const exited: string[] = [];
  for (const { service, ended } of running) void ended.then(() => exited.push(service.title));

  const tap = await openTap(services, parts);
  atEnd(() => tap.close());
  seen.messages = tap.messages;

  const runEnv = {
    ...process.env,
    ...env,
    ...portVariables(network.portsFor(caller)),
    OTLP_URL: backend.otlpHttpUrl,
    WORKSHOP_CHECK: '1',
    NO_COLOR: '1',
  };
  const startFactor = Math.min(...running.map(({ readyAfterMs }) => readyAfterMs)) / USUAL_START_MS;
  const limitMs = timeoutMs * Math.max(1, startFactor);
  const limited = () => deadlineAfter(limitMs, signal);
  const deadline = limited();
  const ending = runChild(join(folder, caller), { env: runEnv, signal: deadline });
  // Not before run.ts has made its call: if one of these calls crashed a service, run.ts couldn't recognize the service.
  await Promise.race([called, ending]);
  const sendAll = async (limit: AbortSignal, areAfterwards = false) => {
    const calls = Object.entries(lesson.calls ?? {}).filter(
      ([, { afterwards = false }]) => afterwards === areAfterwards,
    );
    await Promise.all(
      calls.map(async ([name, call]) => {
        seen.calls.set(name, await send(name, call, network.ports.get(call.to)!, limit));
      }),
    );
  };
  const [runEnd] = await Promise.all([ending, sendAll(deadline)]);
  await sendAll(limited(), true);
  signal.throwIfAborted();
  seen.run = runEnd;
  seen.slowness = Math.max(slownessBefore, await measure());

  const call = callOfRun(seen);
  const isSuccess = runEnd.code === 0 && call?.response !== undefined && call.response.status < 400;
  const stuck = isSuccess ? undefined : await findStuck(seen, network.ports);
  const crashed = exited[0];
  if (isSuccess) {
    for (const [name, message] of Object.entries(lesson.messages ?? {}))
      seen.calls.set(name, await sendMessage(name, message, services, parts));
    const { name, portVariable } = services.find((service) => service.title === call.to)!;
    const second = { folder, env: runEnv, portVariable, port: network.ports.get(name)!, signal: limited() };
    const [secondRun] = await Promise.all([
      lesson.traceIdHeader && runAgain(call, lesson.traceIdHeader, second),
      untilQuiet(backend, seen, lesson),
    ]);
    if (secondRun) seen.secondRun = secondRun;
    seen.traces = tracesOf(backend);
    seen.relations = readRelations(state);
    const limit = limited();
    for (const [program, { file, words, input }] of Object.entries(lesson.programs ?? {})) {
      const how = { words: words?.(seen), input: input?.(seen), folder, env: runEnv, signal: limit };
      seen.programs.set(program, await runChild(resolvePath(folder, file), how));
    }
  }
  await stopAll(running); // the services send their remaining spans, and we receive the rest of their output
  signal.throwIfAborted();
  requireSuccessfulRun(seen, runEnd, { limitMs, crashed, stuck });
  seen.unsettled = await countWaiting(services, 'consumes', parts);
  seen.rejected = await countWaiting(services, 'deadLetters', parts);
  seen.traces = tracesOf(backend);
  seen.logs = await findLogs(backend.logs, anyLogs);
  if (!isPublished) await addTracesElsewhere(seen, startMs);
  names.hideFrom(seen);
  return seen;
}

/** Reads run.ts, the tracing.ts of each service, and the settings of parts, if they exist. */
export async function readSources(folder: string, services: Service[]): Promise<Map<string, string>> {
  const inMonitoring = await readdir(join(folder, monitoringFolder)).catch(() => []);
  const settings = inMonitoring.filter((name) => /\.ya?ml$/.test(name));
  const files = new Map([
    ...[caller, ...settings.map((name) => `${monitoringFolder}/${name}`)].map(
      (name) => [name, join(folder, name)] as const,
    ),
    ...services.map(({ title, folder: own }) => [`${title}/tracing.ts`, join(own, 'tracing.ts')] as const),
  ]);
  const sources = new Map<string, string>();
  for (const [name, file] of files) if (existsSync(file)) sources.set(name, await readFile(file, 'utf8'));
  return sources;
}

/**
 * Starts a trace backend on free ports; on the usual ports if a file names one of them, as in
 * `url: 'http://localhost:4318/v1/traces'`, and they are free.
 */
async function openBackend(sources: Observation['sources']): Promise<Backend> {
  const [grpc, http] = [otlpGrpcUrl(), otlpHttpUrl()].map(({ port }) => port) as [string, string];
  const usual = new RegExp(`^(?!\\s*(?://|\\*)).*:(?:${grpc}|${http})\\b`, 'm');
  const free = { queryPort: 0, otlpGrpcPort: 0, otlpHttpPort: 0 };
  if (![...sources.values()].some((text) => usual.test(text))) return startBackend(free);
  const named = { ...free, otlpGrpcPort: Number(grpc), otlpHttpPort: Number(http) };
  return startBackend(named).catch((error) => {
    if (error instanceof PortInUseError) return startBackend(free); // see addTracesElsewhere
    throw error;
  });
}

interface StartOptions {
  network: Network;
  env: Record<string, string>;
  signal: AbortSignal;
  measure: () => Promise<number>;
}

async function startAll(seen: Observation, options: StartOptions): Promise<RunningService[]> {
  const starts = await Promise.allSettled(seen.services.map((service) => startOne(service, seen, options)));
  const running = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const failed = starts.findIndex((start) => start.status === 'rejected');
  if (failed < 0) return running;
  await stopAll(running);
  options.signal.throwIfAborted();
  const { reason } = starts[failed] as PromiseRejectedResult;
  if (reason instanceof PartRefusedError) throw reason;
  const startFactors = running.map(({ readyAfterMs }) => readyAfterMs / USUAL_START_MS);
  seen.slowness = Math.max(await options.measure(), ...startFactors);
  throw notStarted(seen, seen.services[failed]!, reason);
}

/** Whether a service publishes where spans are received. In that case, only its own environment contains the address. */
function isProvider({ provides }: Service): boolean {
  return provides === 'tracing';
}

/** Starts a service, again on another port if another program has taken its port in the meantime. */
async function startOne(service: Service, seen: Observation, { network, env, signal }: StartOptions) {
  const { name, title } = service;
  const lines = seen.lines.get(title)!;
  const isTold = isProvider(service) || !seen.services.some(isProvider);
  const ownEnv = isTold ? env : { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: NOWHERE };
  for (;;) {
    const ports = network.portsFor(name);
    const onLine = (line: string) => void lines.push(line);
    try {
      const running = await startService(service, { ports, env: ownEnv, onLine, keepLog: false, signal });
      const port = ports.get(name);
      if (port === undefined || (await accepts(port))) return running;
      await running.stop();
      throw notListening(service);
    } catch (error) {
      const own = [name, ...Object.keys(service.otherPorts ?? {})].map((each) => ports.get(each));
      const wasTaken = lines.some(
        (line) => line.includes('EADDRINUSE') && own.some((port) => line.endsWith(`:${port}`)),
      );
      if (!wasTaken) throw error;
      lines.length = 0;
      await network.move(service);
    }
  }
}

async function stopAll(running: RunningService[]): Promise<void> {
  await Promise.all(running.map((service) => service.stop()));
}

/** Sends all spans to the check, logs export errors, and makes random waits reproducible; clears other OTEL_ variables. */
function tracingEnv(endpoint: string): Record<string, string> {
  const names = Object.keys(process.env).filter((name) => name.startsWith('OTEL_'));
  return {
    ...Object.fromEntries(names.map((name) => [name, ''])), // the SDK ignores an empty variable
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_BSP_SCHEDULE_DELAY: String(batchDelayMs),
    OTEL_LOG_LEVEL: 'warn',
    WORKSHOP_SEED: '1',
  };
}

/** Makes one of the check's own calls. */
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
 * A signal that aborts with another one, or after some time. (In Node 20, AbortSignal.any() with AbortSignal.timeout()
 * can be garbage-collected before it aborts.) It still aborts when what it limits has ended.
 */
function deadlineAfter(ms: number, signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const abort = () => controller.abort();
  setTimeout(abort, ms).unref();
  signal.addEventListener('abort', abort, { signal: controller.signal });
  return controller.signal;
}

/**
 * Waits until no more spans arrive; longer if a traced service has no span yet, or the awaited span is missing; and even
 * longer if a program will ask for a trace that is not complete.
 */
async function untilQuiet(
  backend: Backend,
  seen: Observation,
  { awaits, programs = {} }: Pick<Lesson, 'awaits' | 'programs'>,
): Promise<void> {
  const { store } = backend;
  const { services, sources, slowness } = seen;
  const asksLater = Object.keys(programs).length > 0;
  const traced = services.filter(({ title }) => sources.has(`${title}/tracing.ts`));
  const since = performance.now();
  let accepted = -1;
  let changedAt = since;
  for (;;) {
    const now = performance.now();
    if (store.status().accepted !== accepted) changedAt = now;
    accepted = store.status().accepted;
    const isSilent = traced.some(({ title }) => !store.operations.services().includes(title));
    const isLate = awaits && !tracesOf(backend).some(({ spans }) => spans.some(awaits));
    const patienceMs = (isSilent || isLate ? SILENT_MS : QUIET_MS) * slowness;
    const isQuiet = now - changedAt >= patienceMs && !(asksLater && isIncomplete(seen, tracesOf(backend)));
    if (isQuiet || now - since >= SETTLE_TIMEOUT_MS * slowness) return;
    await sleep(25);
  }
}

/** Whether the trace of a call is missing, or the parent of a span: the service that has it is slow to send it. */
function isIncomplete({ run, calls, exchanges }: Observation, traces: Trace[]): boolean {
  const sent = [...calls.values(), ...exchanges.filter(({ from }) => from === caller)].map(traceparentOf);
  const spans = traces.flatMap((trace) => trace.spans);
  const known = new Set([...spans.map(({ spanId }) => spanId), ...sent.map((context) => context?.parentId)]);
  if (spans.some(({ parentId }) => parentId !== undefined && !known.has(parentId))) return true;

  const traced = [...calls.values()].filter(({ path }) => !NOT_COUNTED.has(path)).map(traceparentOf);
  const ids = [run.output?.traceId, ...traced.map((context) => context?.sampled && context.traceId)];
  return ids.some((id) => id && traces.every(({ traceId }) => traceId !== id));
}

function tracesOf({ store }: Backend): Trace[] {
  return [...store.traces()].map(({ id }) => store.trace(id)!);
}

/** Adds the spans of services whose exporter has the address of another backend, the one that `run.ts` uses. */
async function addTracesElsewhere(
  { services, sources, traces }: Observation,
  startMs: number,
): Promise<void> {
  const arrived = new Set(traces.flatMap(({ spans }) => spans.map(({ service }) => service)));
  const missing = services.filter(({ title }) => sources.has(`${title}/tracing.ts`) && !arrived.has(title));
  const url = jaegerUrl().origin;
  for (const title of new Set(missing.map((service) => service.title))) {
    for (const trace of await queryTraces(url, startMs, title).catch(() => [])) {
      const known = traces.find(({ traceId }) => traceId === trace.traceId);
      if (known) known.spans.push(...trace.spans);
      else traces.push(trace);
    }
  }
}
