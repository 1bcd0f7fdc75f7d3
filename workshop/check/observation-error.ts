import { messageOf } from '../errors.ts';
import type { Service } from '../services/definition.ts';
import { probe } from '../services/probe.ts';
import type { Failure } from './lesson.ts';
import { callOfRun, caller, type Observation } from './observation.ts';
import { errorOfResponse, errorOfEnd, shownLines } from './printed.ts';
import type { Exchange } from './relay.ts';
import type { RunEnd } from './run-child.ts';

/** Something went wrong before there was anything to look at. It reads like an expectation that was not met. */
export class ObservationError extends Error {
  readonly expect: string;
  readonly failure: Failure;

  constructor(expect: string, failure: Failure) {
    super(`${expect}: ${failure.found}`);
    this.expect = expect;
    this.failure = failure;
  }
}

const SHOWN_BODY = 200; // characters

/** The folder has no service. */
export function nothingToStart(): ObservationError {
  return new ObservationError('The services are there', {
    found: 'No folder with a service.json is there.',
    cause: 'Something deleted them. npm run step puts a step with all its files back.',
    file: caller,
  });
}

/** A service.json that cannot be read, as a ObservationError; the error says which and why. */
export function unreadable(error: unknown): ObservationError {
  const cause = messageOf(error);
  return new ObservationError('The services are there', {
    found: 'A service.json cannot be read.',
    cause,
    file: /[\w-]+[\\/]service\.json/.exec(cause)?.[0].replace('\\', '/') ?? 'service.json',
  });
}

/** The services of the step that is checked are not there; `step` is the name of its folder. */
export function otherServices(missing: string[], step: string): ObservationError {
  return new ObservationError('The services of this step are there', {
    found: `There is no ${missing.join(', and no ')}.`,
    cause: `The working copy holds a step of another chapter, or a folder was deleted. npm run step ${Number(step.slice(0, 2))} puts this one there, and saves what is in its place.`,
    file: caller,
  });
}

/** A service said that it is ready, but nothing listens at the port that it was given. */
export function notListening({ name }: Service): ObservationError {
  return new ObservationError(`${name} listens at the port that it is given`, {
    found: 'It says that it is ready, but nothing answers at the port in PORT.',
    cause: 'Its port is fixed. Let it listen at Number(process.env.PORT).',
    file: `${name}/main.ts`,
  });
}

/** What stopped a service from starting, as a ObservationError. */
export function notStarted(seen: Observation, { name }: Service, reason: unknown): ObservationError {
  if (reason instanceof ObservationError) return reason;
  const [sentence] = messageOf(reason).split('\n');
  const ended = / ended before /.test(sentence!);
  return new ObservationError(`${name} starts`, {
    found: ended ? `It ended before it was ready.` : 'It was not ready in time, and was ended.',
    ...causeOfEnd(seen, name, 'Something in it never ends: a loop, or an await of what never comes.'),
  });
}

/** Who it is that does not response, and whether it still answers anything. */
export interface Stuck {
  waiting: Exchange;
  alive: boolean;
}

/** Finds who does not response: the last one in the chain of those who were asked; undefined if nobody is waited for. */
export async function findStuck(
  { exchanges, services }: Observation,
  ports: ReadonlyMap<string, number>,
): Promise<Stuck | undefined> {
  const waiting = exchanges.findLast(({ response, error }) => !response && !error);
  if (!waiting) return undefined;
  const service = services.find(({ name }) => name === waiting.to)!;
  return { waiting, alive: (await probe({ ...service, port: ports.get(service.name)! })) === 'itself' };
}

/** What was found out about the programs before they were stopped. */
export interface Circumstances {
  /** A service that ended by itself. */
  crashed: string | undefined;
  /** For a run.ts that did not end in time. */
  stuck: Stuck | undefined;
  timeoutMs: number;
}

/** Throws a ObservationError unless everything ran to the end of the call, and the call went well. */
export function requireGoodRun(
  seen: Observation,
  end: RunEnd,
  { crashed, stuck, timeoutMs }: Circumstances,
): void {
  if (crashed) {
    throw new ObservationError(`${crashed} keeps running`, {
      found: 'It ended during the call.',
      ...causeOfEnd(seen, crashed, 'Something in it ends the process.'),
    });
  }
  if (end.code === 'timeout') throw tookTooLong(seen, stuck, timeoutMs);

  const call = callOfRun(seen);
  if (call?.response && call.response.status >= 400) throw badAnswer(seen, call);
  if (!end.output || callFailure(end)) throw noAnswerShown(seen, end);
  if (!call) {
    throw new ObservationError(callsService, {
      found: `${caller} showed an response, but asked none of the services that were started for this check.`,
      cause: fixedAddress,
      file: caller,
    });
  }
}

const callsService = `${caller} calls a service`;
const fixedAddress =
  'The address is fixed. Take it from the urls that run() hands over: they know the ports of the services.';

/** Why the call got no response, as run.ts says it; undefined if it does not. */
function callFailure({ stderr }: RunEnd): string | undefined {
  return stderr.map((line) => /^The call got no response \((.+)\)/.exec(line)?.[1]).find(Boolean);
}

/** run.ts ended without an response: its call threw, or it did not come to that. */
function noAnswerShown(seen: Observation, end: RunEnd): ObservationError {
  const thrown = callFailure(end);
  if (thrown && /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|Invalid URL/.test(thrown)) {
    return new ObservationError(callsService, {
      found: `The call in ${caller} failed: ${thrown}.`,
      cause: fixedAddress,
      file: caller,
    });
  }
  if (thrown) {
    return new ObservationError(`${caller} runs to its end`, {
      found: 'The call got no response.',
      cause: `The function that makes the call threw: ${thrown}.`,
      file: caller,
    });
  }
  return new ObservationError(`${caller} runs to its end`, {
    found: `It ended with status ${end.code} and did not show an response.`,
    ...causeOfEnd(seen, caller, 'The last line must be: await run(…, import.meta.dirname).'),
  });
}

function tookTooLong(seen: Observation, stuck: Stuck | undefined, timeoutMs: number): ObservationError {
  const expect = 'The call is answered in time';
  const seconds = `${timeoutMs / 1_000} s`;
  if (!stuck) {
    return new ObservationError(expect, {
      found: `${caller} had not ended after ${seconds}, though it waits for no response.`,
      cause: 'It loops for ever, or waits for something that never comes.',
      file: caller,
      lines: shownLines(seen.run.stderr),
    });
  }

  const { waiting, alive } = stuck;
  const { to } = waiting;
  return new ObservationError(expect, {
    found: `${to} had not answered ${requestText(waiting)} after ${seconds}, and ${alive ? 'still answers other requests' : 'answers nothing at all any more'}.`,
    cause: alive
      ? 'It waits for something that never comes: a promise that nobody resolves, or a reply that is never sent.'
      : 'It is in an endless loop.',
    file: `${to}/app.ts`,
    lines: shownLines(seen.lines.get(to)!.filter((line) => !line.startsWith('{'))),
  });
}

/** Blames the service farthest from run.ts whose response was bad: those before it only pass the trouble on. */
function badAnswer(seen: Observation, call: Exchange): ObservationError {
  const failed = seen.exchanges.filter(
    (exchange) => exchange.startMs >= call.startMs && (exchange.response?.status ?? 0) >= 400,
  );
  const worst = failed.findLast(({ from }) => from !== caller) ?? call;
  const { status, body } = worst.response!;
  const error = errorOfResponse(seen.lines.get(worst.to)!, worst.path, seen.folder);
  return new ObservationError('The call is answered with status 200', {
    found: `${worst.to} answered ${requestText(worst)} with status ${status}: ${body.slice(0, SHOWN_BODY)}`,
    cause: error
      ? `${worst.to} threw ${error.message}.`
      : 'It refuses what it was asked, or cannot reach the one that it asks itself.',
    file: error?.place ?? `${worst.to}/app.ts`,
    ...(error && { lines: error.lines }),
  });
}

function requestText({ method, path, from }: Exchange): string {
  return `${method} ${path} from ${from}`;
}

/** Why a program ended, from what it printed. */
function causeOfEnd(seen: Observation, program: string, otherwise: string) {
  const isRun = program === caller;
  const lines = isRun ? seen.run.stderr : seen.lines.get(program)!;
  const error = errorOfEnd(lines, seen.folder);
  const file = isRun ? caller : `${program}/main.ts`;
  if (!error) return { cause: otherwise, file, lines: shownLines(lines) };
  return { cause: causeOfError(error.message), file: error.place ?? file, lines: error.lines };
}

function causeOfError(message: string): string {
  if (message.includes('EADDRINUSE')) {
    return `The port is taken (${message}). Let the service listen at Number(process.env.PORT), which is free.`;
  }
  if (/Cannot find (package|module)/.test(message)) {
    return `It imports what is not there (${message}). All packages of the workshop are installed, so look at the spelling.`;
  }
  if (message.startsWith('SyntaxError')) return `The file cannot be read (${message}).`;
  return `It threw ${message}.`;
}
