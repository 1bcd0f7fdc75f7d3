/** Judges the tracestate header (W3C Trace Context, section 3.3): entries `key=value`, separated by commas, newest first. */
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

/** The limits of the W3C specification: entries, and characters that every service should be able to pass on. */
const MAX_ENTRIES = 32;
const MAX_CHARACTERS = 512;

const SHOWN_ENTRIES = 3;

const key = /^[a-z][a-z\d_\-*/]{0,255}$|^[a-z\d][a-z\d_\-*/]{0,240}@[a-z][a-z\d_\-*/]{0,13}$/;
const value = /^[ -<>-~]{0,255}[!-<>-~]$/; // without "="; entries are separated at commas

/** A request between two services. */
interface Hop {
  from: string;
  to: string;
}

/** The call of run.ts has a tracestate, and all its entries are valid. */
export function sendsTracestate(): Judge {
  return (seen) => {
    const call = callNamed(seen);
    const entries = entriesOf(call);
    const invalid = entries.find((entry) => !isValid(entry));
    if (invalid !== undefined) {
      return {
        found: `${call.from} sent ${call.to} the tracestate ${brief(entries)}, in which "${invalid}" is not a valid entry.`,
        cause:
          'An entry is a lowercase key, "=", and a value without commas or "=": vendor=opaque-value. Services discard an invalid entry.',
        file: call.from,
      };
    }
    if (entries.length > 0) return 'ok';
    const misspelled = call.headers.find(
      ([name]) => /^trace.?state$/i.test(name.replaceAll('_', '-')) || /^trace.*state/i.test(name),
    );
    return {
      found: misspelled
        ? `${call.from} sent ${call.to} a header called "${misspelled[0]}", but no tracestate.`
        : `${call.from} sent ${call.to} no tracestate header.`,
      cause: misspelled
        ? 'The header is misspelled: its name is tracestate, in one word.'
        : 'The header was not created, or is not one of the headers that are passed to request().',
      file: call.from,
    };
  };
}

/** The called service passes on the entries of a call unchanged and in the same order. */
export function keepsEntries(hop: Hop, name?: string): Judge {
  return sent(hop, name, (received, sentOn) => {
    const lost = received.find((entry) => !sentOn.includes(entry));
    if (lost !== undefined) {
      return {
        found:
          sentOn.length === 0
            ? `The tracestate ${brief(received)} was not passed on.`
            : `${hop.from} received ${brief(received)}, and sent ${brief(sentOn)}: ${lost} is missing.`,
        cause: `${hop.from} writes a tracestate without the entries that it received. They must follow its own entry.`,
      };
    }
    const kept = sentOn.filter((entry) => received.includes(entry));
    if (kept.join() === received.join()) return undefined;
    return {
      found: `${hop.from} received ${brief(received)}, and sent ${brief(sentOn)}.`,
      cause: 'The entries that it received are in another order. They must keep their order.',
    };
  });
}

/** The first entry that the called service sends is its own: one that it did not receive. */
export function prependsEntry(hop: Hop, name?: string): Judge {
  return sent(hop, name, (received, sentOn) => {
    const own = sentOn.findIndex((entry) => !received.includes(entry));
    if (own === 0) return undefined;
    return {
      found: `${hop.from} received ${brief(received)}, and sent ${brief(sentOn)}.`,
      cause:
        own < 0
          ? `${hop.from} adds no entry of its own. Either tracing.ts does not pass your propagator to the SDK, as textMapPropagator; or the entry is dropped because it is invalid: its key must be lowercase, and its value must not contain "=".`
          : 'The new entry is not the first one: the newest entry comes first.',
    };
  });
}

/** The called service stays within the limits of 32 entries and 512 characters, and leaves out whole entries. The entries of the call are of equal length, so those left out must be the last ones. */
export function respectsLimits(hop: Hop, name: string): Judge {
  return sent(hop, name, (received, sentOn) => {
    const length = sentOn.join().length;
    const cause =
      "The new entry is added without removing others. The constructor of TraceState leaves out those that don't fit; its set() does not.";
    if (sentOn.length > MAX_ENTRIES) {
      return {
        found: `${hop.from} received ${received.length} entries, and sent ${sentOn.length}. The limit is ${MAX_ENTRIES}.`,
        cause,
      };
    }
    if (length > MAX_CHARACTERS) {
      return {
        found: `${hop.from} sent a tracestate of ${length} characters. Other systems may drop what is beyond ${MAX_CHARACTERS}.`,
        cause,
      };
    }
    const kept = sentOn.slice(1);
    const broken = kept.find((entry, index) => entry !== received[index]);
    if (broken !== undefined) {
      return {
        found: `${hop.from} sent the entry ${broken}, but received another one in its place.`,
        cause: 'Entries are cut off, or removed from the middle. Remove whole entries, from the end.',
      };
    }
    if (kept.length > 0) return undefined;
    return {
      found: `${hop.from} received ${received.length} entries, and sent none of them.`,
      cause: 'All entries are removed. Removing the last ones is enough.',
    };
  });
}

/** The called service doesn't pass on invalid entries, but continues the trace. */
export function dropsInvalidEntries(hop: Hop, name: string): Judge {
  return sent(hop, name, (_, sentOn) => {
    const invalid = sentOn.find((entry) => !isValid(entry));
    if (invalid === undefined) return undefined;
    return {
      found: `${hop.from} sent the entry "${invalid}".`,
      cause: 'The received text is passed on unchanged. TraceState parses it, and keeps only valid entries.',
    };
  });
}

/** Every span of these services has the entries that run.ts sent. */
export function isOnEverySpan(services: string[]): Judge {
  return (seen) => {
    const trace = traceOfCall(seen);
    const received = entriesOf(callNamed(seen));
    const bare = trace?.spans.find(
      (span) =>
        services.includes(span.service) &&
        !received.every((entry) => span.traceState.split(',').includes(entry)),
    );
    if (!bare) return 'ok';
    return {
      found: `The span "${bare.name}" of ${bare.service} has ${bare.traceState ? `the tracestate ${bare.traceState}` : 'no tracestate'}.`,
      cause: 'The context in which the span starts does not contain the tracestate of the request.',
      file: `${bare.service}/tracing.ts`,
      traces: [trace!],
    };
  };
}

/** Compares the entries of a call with those that the called service sent. */
function sent(
  hop: Hop,
  name: string | undefined,
  judgeEntries: (received: string[], sentOn: string[]) => Pick<Failure, 'found' | 'cause'> | undefined,
): Judge {
  return (seen) => {
    const call = callNamed(seen, name);
    const request = requestWithin(seen, hop, name);
    if (!request || traceIdOf(request) !== traceIdOf(call)) return lostTrace(seen, hop, call);
    const fault = judgeEntries(entriesOf(call), entriesOf(request));
    return fault ? { ...fault, file: `${hop.from}/tracing.ts`, traces: tracesOfCall(seen, name) } : 'ok';
  };
}

function lostTrace(seen: Observation, { from, to }: Hop, call: Exchange): Failure {
  const status = call.response ? ` (${from} responded with status ${call.response.status})` : '';
  return {
    found: `The call belongs to trace ${traceIdOf(call)}, and has the tracestate ${brief(entriesOf(call))}. No request from ${from} to ${to} belongs to that trace${status}.`,
    cause: `The trace is lost: your propagator must still read and write traceparent as W3CTraceContextPropagator does, whatever the tracestate contains.`,
    file: `${from}/tracing.ts`,
    traces: tracesOfCall(seen, seen.calls.has(call.from) ? call.from : undefined),
  };
}

/** The first entries, for a sentence. */
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
