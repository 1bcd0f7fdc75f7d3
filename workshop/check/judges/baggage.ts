/** The baggage header (W3C Baggage): entries `key=value;properties`, separated by commas. */
import type { Judge } from '../lesson.ts';
import { callNamed, requestWithin, spansOfCall, valuesOf } from '../observation.ts';
import type { Exchange } from '../relay.ts';

interface Entry {
  key: string;
  value: string;
}

const token = /^[\w!#$%&'*+\-.^`|~]+$/;

/** The call of run.ts has at least one baggage entry, and all entries are valid. */
export function sendsBaggage(): Judge {
  return (seen) => {
    const call = callNamed(seen);
    const header = valuesOf(call.headers, 'baggage').join();
    const invalid = partsOf(header).find((part) => entryIn(part) === undefined);
    if (invalid !== undefined) {
      return {
        found: `${call.from} sent ${call.to} the baggage ${header}, in which "${invalid}" is not a valid entry.`,
        cause: 'An entry is a key, "=", and a value, as in customer.plan=premium.',
        file: call.from,
      };
    }
    if (header !== '') return 'ok';
    return {
      found: `${call.from} sent ${call.to} no baggage header.`,
      cause: 'The header was not created, or is not one of the headers that are passed to request().',
      file: call.from,
    };
  };
}

/** The baggage of run.ts reaches the service that the called service calls. */
export function propagatesBaggage({ from, to }: { from: string; to: string }): Judge {
  return (seen) => {
    const call = callNamed(seen);
    const request = requestWithin(seen, { from, to });
    const arrived = request ? entriesOf(request) : [];
    const lost = entriesOf(call).find((entry) => !arrived.some((other) => isSame(entry, other)));
    if (!lost) return 'ok';
    return {
      found: `${call.from} sent ${from} the baggage ${lost.key}=${lost.value}, but ${from} did not send it to ${to}.`,
      cause: `The propagator of ${from} does not read and write baggage. W3CBaggagePropagator does: add it to the propagators of a CompositePropagator.`,
      file: `${from}/tracing.ts`,
    };
  };
}

/** A service puts the value of the baggage on one of its spans, as an attribute. */
export function putsBaggageOnSpan(service: string): Judge {
  return (seen) => {
    const values = spansOfCall(seen)
      .filter((span) => span.service === service)
      .flatMap(({ attributes }) => Object.values(attributes));
    const [entry] = entriesOf(callNamed(seen));
    if (entry && values.some((value) => String(value) === entry.value)) return 'ok';
    return {
      found: `No span of ${service} has an attribute with the value of ${entry?.key}, which is "${entry?.value}".`,
      cause:
        'Baggage does not become an attribute on its own: read the entry with propagation.getActiveBaggage(), and set its value, a string, as an attribute of the active span.',
      file: `${service}/app.ts`,
    };
  };
}

function entriesOf({ headers }: Exchange): Entry[] {
  return partsOf(valuesOf(headers, 'baggage').join())
    .map(entryIn)
    .filter((entry) => entry !== undefined);
}

function partsOf(header: string): string[] {
  return header.split(',').flatMap((part) => part.trim() || []);
}

/** Parses one entry, whose value is percent-encoded and may be followed by properties. */
function entryIn(part: string): Entry | undefined {
  const [pair = ''] = part.split(';');
  const at = pair.indexOf('=');
  const key = pair.slice(0, at).trim();
  if (at < 0 || !token.test(key)) return undefined;
  try {
    return { key, value: decodeURIComponent(pair.slice(at + 1).trim()) };
  } catch {
    return undefined;
  }
}

function isSame(one: Entry, other: Entry): boolean {
  return one.key === other.key && one.value === other.value;
}
