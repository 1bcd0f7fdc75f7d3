/** The header tracestate (W3C Trace Context, section 3.3): entries `key=value`, separated by commas, newest first. */
import type { Failure, Judge } from '../lesson.ts';
import {
  callNamed,
  type Observation,
  requestWithin,
  traceIdOf,
  traceOfCall,
  tracesOfCall,
  valuesOf,
} from '../observation.ts';
import type { Exchange } from '../relay.ts';

/** The limits of the W3C text: entries, and characters that everybody must be able to pass on. */
const MAX_ENTRIES = 32;
const MAX_CHARACTERS = 512;

const SHOWN_ENTRIES = 3;

const key = /^[a-z][\w\-*/]{0,255}$|^[a-z\d][\w\-*/]{0,240}@[a-z][\w\-*/]{0,13}$/;
const value = /^[ -~]{0,255}[!-~]$/;

interface Way {
  from: string;
  to: string;
}

/** The call of run.ts carries a tracestate, and nothing in it is invalid. */
export function sendsTracestate(): Judge {
  return (seen) => {
    const call = callNamed(seen);
    const entries = entriesOf(call);
    const invalid = entries.find((entry) => !isValid(entry));
    if (invalid !== undefined) {
      return {
        found: `${call.from} sent ${call.to} the tracestate ${brief(entries)}, in which "${invalid}" is no entry.`,
        cause:
          'An entry is a key in small letters, "=", and a value without a comma: vendor=opaque-value. A tracestate with any other is dropped whole.',
        file: call.from,
      };
    }
    if (entries.length > 0) return 'ok';
    const misspelt = call.headers.find(
      ([name]) => /^trace.?state$/i.test(name.replaceAll('_', '-')) || /^trace.*state/i.test(name),
    );
    return {
      found: `${call.from} sent ${call.to} no header tracestate${misspelt ? `, but one called "${misspelt[0]}"` : ''}.`,
      cause: misspelt
        ? 'The header is misspelt: its name is tracestate, one word.'
        : 'It was not made, or is not among the headers that are passed to request().',
      file: call.from,
    };
  };
}

/** The entries that a call brings arrive unchanged, in their order, where the called service asks another. */
export function keepsEntries(way: Way, name?: string): Judge {
  return sent(way, name, (came, went) => {
    const lost = came.find((entry) => !went.includes(entry));
    if (lost !== undefined) {
      return {
        found:
          went.length === 0
            ? `Nothing of the tracestate ${brief(came)} arrived.`
            : `${brief(came)} came in, and ${brief(went)} went out: ${lost} is missing.`,
        cause: `${way.from} writes a tracestate without the entries of the others. They have to follow behind its own.`,
      };
    }
    const kept = went.filter((entry) => came.includes(entry));
    return kept.join() === came.join()
      ? undefined
      : {
          found: `${brief(came)} came in, and ${brief(went)} went out.`,
          cause: "The others' entries changed places: they have to stay in their order.",
        };
  });
}

/** The first entry that goes out is one that did not come in. */
export function prependsEntry(way: Way, name?: string): Judge {
  return sent(way, name, (came, went) => {
    const own = went.findIndex((entry) => !came.includes(entry));
    if (own === 0) return undefined;
    return {
      found: `${brief(came)} came in, and ${brief(went)} went out.`,
      cause:
        own < 0
          ? `${way.from} adds no entry of its own. The propagator is what writes the header: tracing.ts gives the SDK one as textMapPropagator.`
          : 'The new entry is not the first: entries are in order of time, the newest in front.',
    };
  });
}

/** What goes out respects the limits: 32 entries and 512 characters, by leaving out whole entries from the end. */
export function respectsLimits(way: Way, name: string): Judge {
  return sent(way, name, (came, went) => {
    const length = went.join().length;
    const cause =
      'Nothing makes room for the new entry. The constructor of TraceState leaves out the last ones; its set() does not.';
    if (went.length > MAX_ENTRIES) {
      return {
        found: `${came.length} entries came in, and ${went.length} went out. ${MAX_ENTRIES} are allowed.`,
        cause,
      };
    }
    if (length > MAX_CHARACTERS) {
      return {
        found: `The tracestate that went out has ${length} characters. ${MAX_CHARACTERS} are allowed.`,
        cause,
      };
    }
    const kept = went.slice(1);
    const broken = kept.find((entry, index) => entry !== came[index]);
    if (broken !== undefined) {
      return {
        found: `The entry ${broken} went out, which is not what came in at its place.`,
        cause: 'Entries are cut or left out in the middle. Leave out whole ones, from the end.',
      };
    }
    if (kept.length > 0) return undefined;
    return {
      found: `${came.length} entries came in, and none of them went out.`,
      cause: 'All entries are dropped where it is enough to leave out the last ones.',
    };
  });
}

/** What is no valid entry goes no further, while the trace itself goes on. */
export function dropsInvalidEntries(way: Way, name: string): Judge {
  return sent(way, name, (_, went) => {
    const invalid = went.find((entry) => !isValid(entry));
    return invalid === undefined
      ? undefined
      : {
          found: `The entry "${invalid}" went out.`,
          cause: 'The text is passed on as it came in. TraceState reads it, and keeps what is valid.',
        };
  });
}

/** Every span of some services carries the entries that run.ts sent. */
export function isOnEverySpan(services: string[]): Judge {
  return (seen) => {
    const trace = traceOfCall(seen);
    const came = entriesOf(callNamed(seen));
    const bare = trace?.spans.find(
      (span) =>
        services.includes(span.service) && !came.every((entry) => span.traceState.split(',').includes(entry)),
    );
    if (!bare) return 'ok';
    return {
      found: `The span "${bare.name}" of ${bare.service} has ${bare.traceState ? `the tracestate ${bare.traceState}` : 'no tracestate'}.`,
      cause: 'The tracestate that came in with the request is not in the context in which the span begins.',
      file: `${bare.service}/tracing.ts`,
      traces: [trace!],
    };
  };
}

/** Looks at what came in with a call and what the called service sent on. */
function sent(
  way: Way,
  name: string | undefined,
  judgeHeaders: (came: string[], went: string[]) => Pick<Failure, 'found' | 'cause'> | undefined,
): Judge {
  return (seen) => {
    const call = callNamed(seen, name);
    const request = requestWithin(seen, way, name);
    if (!request || traceIdOf(request) !== traceIdOf(call)) return lostTrace(seen, way, call);
    const fault = judgeHeaders(entriesOf(call), entriesOf(request));
    return fault ? { ...fault, file: `${way.from}/tracing.ts`, traces: tracesOfCall(seen, name) } : 'ok';
  };
}

function lostTrace(seen: Observation, { from, to }: Way, call: Exchange): Failure {
  const status = call.response ? ` (${from} answered ${call.response.status})` : '';
  return {
    found: `The call came with trace ${traceIdOf(call)} and the tracestate ${brief(entriesOf(call))}. No request of ${from} to ${to} belongs to that trace${status}.`,
    cause: `The trace is lost on the way: a propagator of one's own still has to read and write traceparent as W3CTraceContextPropagator does, whatever the tracestate holds.`,
    file: `${from}/tracing.ts`,
    traces: tracesOfCall(seen, seen.calls.has(call.from) ? call.from : undefined),
  };
}

/** Entries for a sentence: the first ones of many. */
function brief(entries: string[]): string {
  if (entries.length === 0) return 'no tracestate';
  const more = entries.length - SHOWN_ENTRIES;
  return entries.slice(0, SHOWN_ENTRIES).join() + (more > 0 ? ` and ${more} more` : '');
}

function entriesOf({ headers }: Exchange): string[] {
  return valuesOf(headers, 'tracestate')
    .join()
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
}

function isValid(entry: string): boolean {
  const at = entry.indexOf('=');
  return at > 0 && key.test(entry.slice(0, at)) && value.test(entry.slice(at + 1));
}
