/** What ops shows of a trace: the response to ShowTrace, as a program of the lesson printed it. */
import { endOf, type Span } from '../../trace/model.ts';
import { jsonPrinted } from '../json-printed.ts';
import type { Failure, Judge } from '../lesson.ts';
import type { Observation } from '../observation.ts';
import { errorInFile } from '../printed.ts';
import { BUSY } from '../slowness.ts';
import { counted } from '../../trace/numbers.ts';
import type { Fault } from './about.ts';

/** A trace that the lesson asks about: the name of the program that does, and the id. */
export interface AskedTrace {
  program: string;
  id: (seen: Observation) => string;
}

/** The response to ShowTrace. The duration is in ns. */
interface Shown {
  id: string;
  url: string;
  operations: string[];
  errors: string[];
  tags: string[];
  duration: string;
}

const FILE = 'ops/show-trace.ts';
const REGISTERS = 'ops/app.ts';

/** Ops shows the trace with its id and the URL of its page. */
export function showsTrace(asked: AskedTrace): Judge {
  return judged(asked, ({ id, url }, _spans, seen) => {
    const wanted = asked.id(seen);
    if (id === wanted && url.endsWith(`/trace/${wanted}`)) return 'ok';
    return {
      found: `For the trace ${wanted}, the response has the id "${id}" and the url "${url}".`,
      cause: 'id is the id of the trace that was asked for, and url is backend.pageOf(id).',
    };
  });
}

/** Ops lists what happened in the trace: each operation once, with its service, ordered by when it first started. */
export function listsOperations(asked: AskedTrace): Judge {
  return judged(asked, ({ operations }, spans) => {
    const starts = new Map<string, number>();
    for (const { service, name, startUs } of spans) {
      const operation = `${service}: ${name}`;
      starts.set(operation, Math.min(startUs, starts.get(operation) ?? Infinity));
    }
    const strange = operations.find((operation) => !starts.has(operation));
    if (strange !== undefined) {
      return {
        found: `operations contains "${strange}", but should have entries such as "${[...starts.keys()][0]}".`,
        cause: 'Each entry is the service of a span, a colon, a space, and the name of the span.',
      };
    }
    const missing = [...starts.keys()].find((operation) => !operations.includes(operation));
    if (missing !== undefined) {
      return {
        found: `operations lacks "${missing}".`,
        cause: 'Not all spans of the trace are listed. Do you filter them?',
      };
    }
    if (operations.length > starts.size) {
      return {
        found: `operations has ${operations.length} entries for ${starts.size} different operations.`,
        cause: 'A trace often repeats an operation, such as a query. A Set keeps one of each, in order.',
      };
    }
    const late = operations.findIndex(
      (operation, index) => index > 0 && starts.get(operation)! < starts.get(operations[index - 1]!)!,
    );
    if (late < 0) return 'ok';
    return {
      found: `"${operations[late]}" comes after "${operations[late - 1]}", but began before it.`,
      cause: 'The spans are in order of their start: keep this order.',
    };
  });
}

/** Ops lists each span of the trace that ended with an error. */
export function listsErrors(asked: AskedTrace): Judge {
  return judged(asked, ({ errors }, spans) => {
    const failed = spans.filter(({ error }) => error);
    const isAbout = (error: string, { service, name }: Span) =>
      `${error}: `.startsWith(`${service}: ${name}: `);
    const missing = failed.find((span) => !errors.some((error) => isAbout(error, span)));
    if (missing) {
      const { service, name, statusMessage } = missing;
      const strange = errors.find((error) => !failed.some((span) => isAbout(error, span)));
      return {
        found: `errors lacks "${[service, name, statusMessage].filter(Boolean).join(': ')}"${butContains(strange)}.`,
        cause:
          'Each span for which isError is true has an entry: its service, its name, and its message if there is one, joined by ": ".',
      };
    }
    if (errors.length <= failed.length) return 'ok';
    return {
      found: `errors has ${errors.length} ${errors.length === 1 ? 'entry' : 'entries'}, but ${counted(failed.length, 'span')} ended with an error.`,
      cause: 'Not every span failed: filter them with isError.',
    };
  });
}

/** Ops lists each attribute of the trace's spans once, as key=value. */
export function listsTags(asked: AskedTrace): Judge {
  return judged(asked, ({ tags }, spans) => {
    const attributes = spans.flatMap((span) => Object.entries(span.attributes));
    const isList = ([, value]: [string, unknown]) => /^[[{]/.test(String(value)); // its text is not part of the lesson
    const ofLists = new Set(attributes.filter(isList).map(([key]) => key));
    const wanted = new Set(attributes.filter((one) => !isList(one)).map(([key, value]) => `${key}=${value}`));
    const missing = [...wanted].find((tag) => !tags.includes(tag));
    if (missing !== undefined) {
      const keyOf = (tag: string) => tag.split('=')[0]!;
      const strange = tags.filter((tag) => !wanted.has(tag) && !ofLists.has(keyOf(tag)));
      const shown = strange.find((tag) => keyOf(tag) === keyOf(missing)) ?? strange[0];
      return {
        found: `tags lacks "${missing}"${butContains(shown)}.`,
        cause:
          shown === undefined
            ? 'Not all attributes are listed. Each span has its own, and one key can have several values.'
            : 'An entry is a key, =, and a value. The value is an object such as { stringValue: … } or { intValue: … }: textOf gives its text.',
      };
    }
    if (new Set(tags).size === tags.length) return 'ok';
    return { found: 'tags contains some entries twice.', cause: 'A Set keeps each entry once.' };
  });
}

/** Ops says how long the trace took: from the first start to the last end, in ns. */
export function tellsDuration(asked: AskedTrace): Judge {
  return judged(asked, ({ duration }, spans) => {
    const firstUs = Math.min(...spans.map(({ startUs }) => startUs));
    const us = Math.max(...spans.map(endOf)) - firstUs;
    const ns = Number(duration);
    const isNear = (value: number) => Math.abs(ns - value) <= 1_000; // spans have their times in µs here
    if (isNear(us * 1_000)) return 'ok';
    const sum = spans.reduce((total, { durationUs }) => total + durationUs, 0);
    const inUnits = { µs: us, ms: us / 1_000, s: us / 1_000_000 };
    const unit = Object.entries(inUnits).find(
      ([, value]) => ns > 0 && Math.abs(ns - value) <= 1 + value / 100,
    );
    return {
      found: `duration is ${duration}, but the trace took ${Math.round(us * 1_000)} ns.`,
      cause: unit
        ? `It is in ${unit[0]}. The times of the spans are in ns, and so is the duration.`
        : isNear(sum * 1_000)
          ? 'It is the sum of the durations of all spans. But spans run inside of one another, and at the same time.'
          : 'The duration must be the difference between the latest end and the earliest start of all spans.',
    };
  });
}

/** Ops refuses a trace that doesn't exist. */
export function refusesUnknownTrace(program: string): Judge {
  return (seen) => {
    const { status } = responseOf(program, seen);
    if (status === 'NOT_FOUND') return 'ok';
    return {
      found: status
        ? `For a trace that doesn't exist, the status is ${status}.`
        : `For a trace that doesn't exist, ops shows a trace.`,
      cause: 'backend.spansOf(id) throws the right error if there is no such trace: do not catch it.',
      file: FILE,
      traces: [],
    };
  };
}

/** Judges what ops shows of a trace, if it shows anything. */
function judged(
  { program, id }: AskedTrace,
  judge: (shown: Shown, spans: Span[], seen: Observation) => 'ok' | Pick<Failure, 'found' | 'cause'>,
): Judge {
  return (seen) => {
    const traces = seen.traces.filter(({ traceId }) => traceId === id(seen));
    const response = responseOf(program, seen);
    if (response.status !== undefined) return { file: FILE, ...noTrace(response, seen), traces };
    const verdict = judge(
      response,
      traces.flatMap(({ spans }) => spans),
      seen,
    );
    if (verdict === 'ok') return verdict;
    // On a busy machine, spans may arrive after the question.
    return seen.slowness >= BUSY ? 'inconclusive' : { ...verdict, file: FILE, traces };
  };
}

type Response = (Shown & { status?: never }) | { status: string; message: string };

/** The JSON that a program printed; a status if ops refused, or the program printed nothing. */
function responseOf(program: string, seen: Observation): Response {
  const { stderr } = seen.programs.get(program)!;
  return jsonPrinted<Response>(program, seen).at(-1) ?? { status: 'no response', message: stderr.join(' ') };
}

function noTrace({ status, message }: { status: string; message: string }, seen: Observation): Fault {
  if (status === 'UNIMPLEMENTED') {
    return {
      found: 'ops responds to ShowTrace with UNIMPLEMENTED.',
      cause:
        'The method is not registered: import showTrace from ./show-trace.ts, and pass { ShowTrace: showTrace } to buildOps.',
      file: REGISTERS,
    };
  }
  const found = `ops responds to ShowTrace with ${status}: ${message}`;
  if (message.includes('serializing')) {
    return {
      found,
      cause:
        'What showTrace returns is not a ShowTraceResp: is there a return, and are operations, errors, and tags arrays?',
    };
  }
  const error = errorInFile(seen.lines.get('ops')!, seen.folder, FILE);
  if (!error) return { found, cause: 'showTrace throws an error, or never ends.' };
  const awaits = /of undefined|is not (?:iterable|a function)/.test(error.message);
  return {
    found,
    cause: `It threw ${error.message}${awaits ? '. backend.spansOf(id) returns a promise: is there an await?' : ''}`,
    file: error.place!,
  };
}

function butContains(entry: string | undefined): string {
  return entry === undefined ? '' : `, but contains "${entry}"`;
}
