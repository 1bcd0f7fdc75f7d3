import { join, posix } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { messageOf } from '../errors.ts';
import { parsed } from '../net/parsed.ts';
import type { Service } from '../services/definition.ts';
import { probe } from '../services/probe.ts';
import { ExitedEarlyError } from '../services/start.ts';
import type { Failure } from './lesson.ts';
import { missingAwait } from './missing-await.ts';
import { callOfRun, caller, type Observation } from './observation.ts';
import { errorOfEnd, errorOfResponse, shownLines } from './printed.ts';
import type { Exchange } from './relay.ts';
import type { RunEnd } from './run-child.ts';
import { BUSY } from './slowness.ts';

/** Something went wrong before there was anything to judge. It is reported like an expectation that is not met. */
export class ObservationError extends Error {
  readonly expect: string;
  readonly failure: Failure;
  /** Whether the machine was so busy that the program may just have been slow. */
  readonly inconclusive: boolean;

  constructor(expect: string, failure: Failure, inconclusive = false) {
    super(`${expect}: ${failure.found}`);
    this.expect = expect;
    this.failure = failure;
    this.inconclusive = inconclusive;
  }
}

const SHOWN_BODY = 200; // characters

/** The folder has no service. */
export function noServices(): ObservationError {
  return new ObservationError('The services exist', {
    found: 'There is no folder with a service.json.',
    cause:
      'The folders were deleted. npm run step -- --reset puts the current step back, with all its files.',
    file: caller,
  });
}

/** A service.json can't be parsed; the error says which one, and why. */
export function invalidServiceJson(error: unknown): ObservationError {
  const cause = messageOf(error);
  return new ObservationError('The services exist', {
    found: "A service.json can't be read.",
    cause,
    file: /[\w-]+[\\/]service\.json/.exec(cause)?.[0].replace('\\', '/') ?? 'service.json',
  });
}

/** The services of the checked step are missing; `step` is the name of its folder. */
export function missingServices(missing: string[], step: string): ObservationError {
  return new ObservationError('The services of this step exist', {
    found: `There is no ${missing.join(', and no ')}.`,
    cause: `The working copy contains a step of another chapter, or a folder was deleted. npm run step ${Number(step.slice(0, 2))} puts this step into the working copy, and saves your work.`,
    file: caller,
  });
}

/** A service reported that it is ready, but doesn't listen on the port that it was given. */
export function notListening({ name, title }: Service): ObservationError {
  return new ObservationError(`${name} listens on the port that it is given`, {
    found: "It reports that it is ready, but doesn't listen on the port in PORT.",
    cause: 'Its port is hard-coded. Make it listen on Number(process.env.PORT).',
    file: `${title}/main.ts`,
  });
}

/** What prevented a service from starting. */
export function notStarted(seen: Observation, { name, title }: Service, reason: unknown): ObservationError {
  if (reason instanceof ObservationError) return reason;
  const exited = reason instanceof ExitedEarlyError;
  return new ObservationError(
    `${name} starts`,
    {
      found: exited ? 'It exited before it was ready.' : 'It was not ready in time, and was stopped.',
      ...causeOfExit(
        seen,
        title,
        'Something in it never ends: an endless loop, or an await that never resolves.',
      ),
    },
    !exited && seen.slowness >= BUSY,
  );
}

/** A request without a response. */
export interface Stuck {
  from: string;
  /** The service that has not responded. */
  to: string;
  /** `POST /api/checkout from run.ts`. */
  request: string;
  /** Whether the service still responds to other requests. */
  alive: boolean;
}

/** Finds the last service in the chain that hasn't responded; undefined if all have. */
export async function findStuck(
  seen: Observation,
  ports: ReadonlyMap<string, number>,
): Promise<Stuck | undefined> {
  const waiting = waitingRequest(seen);
  if (!waiting) return undefined;
  const service = seen.services.find(({ title }) => title === waiting.to)!;
  const place = { ...service, port: ports.get(service.name)! };
  let alive = false;
  for (let tries = 0; tries < PROBES && !alive; tries++) alive = (await probe(place)) === 'itself';
  return { ...waiting, alive };
}

/** The last HTTP request without a response, or the gRPC call that a service gave up waiting for. */
function waitingRequest(seen: Observation): Omit<Stuck, 'alive'> | undefined {
  const waiting = seen.exchanges.findLast(({ response, error }) => !response && !error);
  if (waiting) return { from: waiting.from, to: waiting.to, request: requestText(waiting) };
  const gaveUp = seen.exchanges.findLast(({ response }) => response?.body.includes('Deadline exceeded'));
  const called = gaveUp && calledOverGrpc(seen, gaveUp.to);
  return called ? { from: gaveUp.to, to: called, request: `the gRPC call from ${gaveUp.to}` } : undefined;
}

/**
 * The name of the service that a shared service, such as the gateway, calls over gRPC; undefined for other services.
 * Relays don't read gRPC, and attendees don't edit shared services: if one fails, the fault is in the service it calls.
 */
function calledOverGrpc({ folder, services }: Observation, name: string): string | undefined {
  const isShared = services.find(({ title }) => title === name)!.folder !== join(folder, name);
  return isShared ? services.find(({ protocol }) => protocol === 'grpc')?.title : undefined;
}

const PROBES = 3; // on a busy machine, a service may miss the time limit of one

/**
 * Throws an ObservationError unless run.ts made its call, which was successful, and exited. `crashed` is a service that
 * exited on its own, `stuck` a request without a response, and `limitMs` the time limit of run.ts.
 */
export function requireSuccessfulRun(
  seen: Observation,
  end: RunEnd,
  { crashed, stuck, limitMs }: { crashed: string | undefined; stuck: Stuck | undefined; limitMs: number },
): void {
  if (crashed) {
    throw new ObservationError(`${crashed} keeps running`, {
      found: 'It exited during the call.',
      ...causeOfExit(seen, crashed, 'Something in it ends the process.'),
    });
  }
  const call = callOfRun(seen);
  if (stuck) throw noResponse(seen, stuck, `after ${Math.round(limitMs / 1_000)} s`);
  if (end.code === 'timeout') throw neverExits(seen, limitMs);
  if (call?.response && call.response.status >= 400) throw badResponse(seen, call);
  if (!end.output || callFailure(end)) throw noResponseShown(seen, end);
  if (!call) {
    throw new ObservationError(callsService, {
      found: `${caller} showed a response, but called none of the services that were started for this check.`,
      cause: fixedAddress,
      file: caller,
    });
  }
  if (call.response && !isDeepStrictEqual(end.output.body, parsed(call.response.body))) {
    throw otherBody(seen, call);
  }
}

const callsService = `${caller} calls a service`;
const fixedAddress =
  'The address is hard-coded. Use the urls that run() passes to your function: they contain the ports of the services.';

/** The error that the call in run.ts threw, as run.ts prints it; undefined if it didn't throw. */
function callFailure({ stderr }: RunEnd): string | undefined {
  return stderr.map((line) => /^The call got no (?:answer|response) \((.+)\)/.exec(line)?.[1]).find(Boolean);
}

/** run.ts exited without a response: its call threw, or it didn't get that far. */
function noResponseShown(seen: Observation, end: RunEnd): ObservationError {
  const thrown = callFailure(end);
  if (thrown && /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|Invalid URL/.test(thrown)) {
    return new ObservationError(callsService, {
      found: `The call in ${caller} failed: ${thrown}.`,
      cause: fixedAddress,
      file: caller,
    });
  }
  const invalidHeader = thrown && /^invalid (\S+) header$/.exec(thrown)?.[1]; // undici's message
  if (invalidHeader) {
    return new ObservationError(`${caller} runs to completion`, {
      found: `The request was not sent: the value of the header ${invalidHeader} is invalid.`,
      cause:
        "It contains characters that aren't allowed in a header. Write random bytes as hexadecimal digits: randomBytes(16).toString('hex').",
      file: caller,
    });
  }
  if (thrown) {
    return new ObservationError(`${caller} runs to completion`, {
      found: `The function that makes the call threw: ${thrown}.`,
      cause: 'An error in this function.',
      file: caller,
      ...missingAwait(seen.sources),
    });
  }
  return new ObservationError(`${caller} runs to completion`, {
    found: `It exited with status ${end.code}, and did not show a response.`,
    ...causeOfExit(seen, caller, 'The line that makes the call must be: await run(…, import.meta.dirname).'),
  });
}

/** run.ts shows a different body from the one that it received. */
function otherBody(seen: Observation, call: Exchange): ObservationError {
  return new ObservationError(`${caller} shows the response`, {
    found: `${call.to} responded with ${call.response!.body.slice(0, SHOWN_BODY)}, and ${caller} showed ${JSON.stringify(seen.run.output!.body).slice(0, SHOWN_BODY)}.`,
    cause: 'The call must return the body of the response: body: await response.body.text().',
    file: caller,
    ...missingAwait(seen.sources),
  });
}

const inTime = 'The call gets a response in time';

function neverExits(seen: Observation, limitMs: number): ObservationError {
  const failure: Failure = {
    found: `${caller} had not exited after ${Math.round(limitMs / 1_000)} s, although it wasn't waiting for a response.`,
    cause: 'It contains an endless loop, or waits for something that never happens.',
    file: caller,
    lines: shownLines(seen.run.stderr),
  };
  return new ObservationError(inTime, failure, seen.slowness >= BUSY);
}

/** A service doesn't respond; the services that wait for it may give up and respond with an error. */
function noResponse(seen: Observation, { to, from, request, alive }: Stuck, limit: string): ObservationError {
  const gaveUp = callOfRun(seen)?.response;
  const failure: Failure = {
    found: `${to} had not responded to ${request} ${gaveUp ? `when ${from} gave up` : limit}, ${alive ? 'but it still responds to other requests' : 'and it no longer responds to any request'}.`,
    cause: alive
      ? 'It waits for something that never happens: a promise that is never resolved, or a reply that is never sent.'
      : 'It is in an endless loop.',
    file: `${to}/app.ts`,
    lines: shownLines(seen.lines.get(to)!.filter((line) => !line.startsWith('{'))),
  };
  return new ObservationError(inTime, failure, seen.slowness >= BUSY);
}

const GATEWAY_TIMEOUT = 504;

/** Blames the service farthest from run.ts that responded with an error, because the others only pass it on. */
function badResponse(seen: Observation, call: Exchange): ObservationError {
  const failed = seen.exchanges.filter(
    (exchange) => exchange.startMs >= call.startMs && (exchange.response?.status ?? 0) >= 400,
  );
  const worst = failed.findLast(({ from }) => from !== caller) ?? call;
  const { status, body } = worst.response!;
  const called = calledOverGrpc(seen, worst.to);
  const service = called ?? worst.to;
  const error = errorOfResponse(seen.lines.get(service)!, worst.path, seen.folder);
  const otherwise = called
    ? `${called} responded to ${worst.to} with an error.`
    : "It rejects the request, or can't reach a service that it calls.";
  const failure: Failure = {
    found: `${worst.to} responded to ${requestText(worst)} with status ${status}: ${body.slice(0, SHOWN_BODY)}`,
    cause: error ? `${service} ${threw(error.message)}` : otherwise,
    file: error?.place ?? `${service}/app.ts`,
    ...(error && { lines: error.lines }),
  };
  const waitedInVain = status === GATEWAY_TIMEOUT;
  return new ObservationError('The call is successful', failure, waitedInVain && seen.slowness >= BUSY);
}

function requestText({ method, path, from }: Exchange): string {
  return `${method} ${path} from ${from}`;
}

/** Why a program exited, according to what it printed. */
function causeOfExit(seen: Observation, program: string, otherwise: string) {
  const isRun = program === caller;
  const lines = isRun ? seen.run.stderr : seen.lines.get(program)!;
  const error = errorOfEnd(lines, seen.folder);
  const file = isRun ? caller : `${program}/main.ts`;
  if (!error) return { cause: otherwise, file, lines: shownLines(lines) };
  if (withoutParentUrl.test(error.message)) {
    return { cause: parentUrlMissing, file: `${program}/tracing.ts`, lines: error.lines };
  }
  const [, module, name] = missingExport.exec(error.message) ?? [];
  if (module) {
    const importer = error.place ?? file;
    return {
      cause: `${importer} imports ${name}, which ${module} does not export: write export in front of its definition, or correct the name.`,
      file: module.startsWith('.') ? posix.join(posix.dirname(importer), module) : importer,
      lines: error.lines,
    };
  }
  // An error in the SDK that names none of our files is about how tracing.ts sets it up.
  const isOfSdk = error.lines.some((line) => line.includes('@opentelemetry/'));
  const likely = isOfSdk && !isRun ? `${program}/tracing.ts` : file;
  return { cause: causeOfError(error.message), file: error.place ?? likely, lines: error.lines };
}

const missingExport = /module '(.+)' does not provide an export named '(.+)'/;

/** Node.js doesn't say which file calls register(). Without a parent URL, it resolves the hook from `data:`. */
const withoutParentUrl = /hook\.mjs['"]? from ['"]?data:/;
const parentUrlMissing =
  'Node.js does not know where to look for the loader hook. Pass import.meta.url as the second argument of register().';

function causeOfError(message: string): string {
  if (message.includes('EADDRINUSE')) {
    return `The port is in use (${message}). Make the service listen on Number(process.env.PORT), which is free.`;
  }
  if (/Cannot find (package|module)/.test(message)) {
    return `An import was not found (${message}). All packages of the workshop are installed, so check the spelling.`;
  }
  if (message.startsWith('SyntaxError')) return `The file can't be parsed (${message}).`;
  if (message.includes('only on OpenMetrics registries')) {
    return 'A histogram has exemplars only in the OpenMetrics format. Call registry.setContentType(openMetricsContentType) before the histogram is created.';
  }
  if (message.includes('Added label "labels"')) {
    return 'Without enableExemplars, the histogram takes the object that is passed to observe() for its labels. Set enableExemplars: true.';
  }
  return `It ${threw(message)}`;
}

/** `threw TypeError: x is not a function.`, and what to do about a name that is not defined. */
function threw(message: string): string {
  const name = /^ReferenceError: (\S+) is not defined$/.exec(message)?.[1];
  return `threw ${message.replace(/\.+$/, '')}.${name ? ` Import or declare ${name}, or correct its spelling.` : ''}`;
}
