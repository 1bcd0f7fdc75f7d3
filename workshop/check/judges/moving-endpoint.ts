/** Judges of services whose endpoint moves, and is gone for a while, as a program of the lesson reports it. */
import { listed } from '../../listed.ts';
import { counted } from '../../trace/numbers.ts';
import { droppedIn } from '../dropped-spans.ts';
import { jsonPrinted } from '../json-printed.ts';
import type { Failure, Judge } from '../lesson.ts';
import type { Observation } from '../observation.ts';
import { BUSY } from '../slowness.ts';
import type { Fault } from './about.ts';

/** What the program found out about calls that create the same number of spans each. */
export interface MoveReport {
  /** How many calls were made while the endpoint moved to a second place and back, and while there was none for a time. */
  calls: { moving: number; withdrawn: number };
  /** How many other calls failed. */
  failed: { moving: number; withdrawn: number };
  /** What became of the spans of each service, by name. */
  services: Record<string, ServiceReport>;
}

/** Numbers of spans. */
export interface ServiceReport {
  /** Of the calls while the endpoint moved: how many arrived at each place, at both, and at neither. */
  moving: { sent: number; first: number; second: number; repeated: number; lost: number };
  /** Whether any arrived at the second place while the endpoint was there, and at the first one when it was back. */
  followed: boolean;
  returned: boolean;
  /** Of the calls while there was no endpoint for a time; those that did not arrive were dropped. */
  withdrawn: { sent: number; arrived: number };
  /** Whether any arrived when there was an endpoint again. */
  resumed: boolean;
}

const FILE = 'endpoint.ts';
const MOST_LINES = 5; // that say what is dropped
const SHOWN_LINES = 6;

/** A service sends its spans to wherever the endpoint is. */
export function followsEndpoint(service: string, program: string): Judge {
  return withReport(program, [service], (name, { followed, returned }) => {
    if (followed && returned) return undefined;
    return followed
      ? {
          found: `When the endpoint moved back to the first place, the spans of ${name} did not.`,
          cause: 'Each endpointChanged is a move, not only the first one.',
        }
      : {
          found: `While the endpoint was at a second place, no span of ${name} arrived there.`,
          cause:
            'Leave the unit started. On each endpointChanged, create a new OTLPTraceExporter for the current endpoint, and let export() use it from then on.',
        };
  });
}

/** A move loses no spans, and repeats none. */
export function losesNothing(services: string[], program: string): Judge {
  return withReport(program, services, (name, { moving: { sent, lost, repeated } }, { failed }) => {
    if (failed.moving > 0) return callsFailed(failed.moving, 'while the endpoint moved');
    if (lost > 0) {
      return {
        found: `${lost} of ${counted(sent, 'span')} of ${name} arrived at neither place.`,
        cause:
          'An export that is in flight to the old place may fail after the endpoint has moved. Then export the same spans once more, to the new place. And call shutdown() of the old exporter, which waits for its exports in flight.',
      };
    }
    return repeated > 0
      ? {
          found: `${repeated} of ${counted(sent, 'span')} of ${name} arrived at both places.`,
          cause: 'Send spans to the new place only if the export to the old one has failed.',
        }
      : undefined;
  });
}

/** Without an endpoint, services respond, drop their spans, and say how many. */
export function countsDropped(services: string[], program: string): Judge {
  return withReport(program, services, (name, { withdrawn: { sent, arrived } }, { failed }, seen) => {
    if (failed.withdrawn > 0) return callsFailed(failed.withdrawn, 'while there was no endpoint');
    const dropped = sent - arrived;
    if (dropped === 0) {
      return {
        found: `All spans of ${name} arrived, although the endpoint was removed.`,
        cause: 'On endpointRemoved, forget the exporter, so that export() drops spans and counts them.',
      };
    }
    const lines = seen.lines.get(name)!.filter((line) => droppedIn([line]).length > 0);
    const said = droppedIn(lines);
    const sum = said.reduce((total, number) => total + number, 0);
    if (lines.length > MOST_LINES) {
      return {
        found: `${name} reports the number of dropped spans ${lines.length} times.`,
        cause: 'Say it once, when there is an endpoint again or when the service stops: not at each batch.',
        lines: lines.slice(0, SHOWN_LINES),
      };
    }
    if (said.includes(dropped) || sum === dropped) return undefined;
    return {
      found:
        said.length > 0
          ? `${name} has dropped ${counted(dropped, 'span')}, but says ${listed(said.map(String))}.`
          : `${name} has dropped ${counted(dropped, 'span')}, but doesn't say how many.`,
      cause:
        'In export(), add spans.length to a counter when there is no exporter. When there is an endpoint again, or at the end, print one line, such as "Spans dropped: 12".',
      lines: lines.slice(0, SHOWN_LINES),
    };
  });
}

/** When there is an endpoint again, services send their spans there. */
export function resumes(services: string[], program: string): Judge {
  return withReport(program, services, (name, { resumed }) =>
    resumed
      ? undefined
      : {
          found: `The endpoint was published again, but no more spans of ${name} arrived.`,
          cause: "On endpointRemoved, don't close the unit: it has to notice the next endpoint.",
        },
  );
}

/** Services exit on their own when they are stopped, although they watch for the endpoint. */
export function exitsInTime(services: string[]): Judge {
  return (seen) => {
    const hanging = services.find((name) =>
      seen.lines.get(name)!.some((line) => line.includes('still hanging')),
    );
    if (!hanging) return 'ok';
    return {
      found: `${hanging} did not exit on its own when it was stopped.`,
      cause:
        'A started unit keeps the process running. Call unit.unref() after unit.start(), and unit.close() in shutdown().',
      file: `${hanging}/${FILE}`,
      traces: [],
    };
  };
}

type FaultOf = (
  service: string,
  report: ServiceReport,
  all: MoveReport,
  seen: Observation,
) => Fault | undefined;

/** Judges what the program reports about some services. `faultOf` returns undefined if there is no fault. */
function withReport(program: string, services: string[], faultOf: FaultOf): Judge {
  return (seen) => {
    const report = jsonPrinted<MoveReport>(program, seen).find((value) => 'services' in value);
    if (!report) return noReport(program, seen);
    for (const name of services) {
      const own = report.services[name];
      const fault = own ? faultOf(name, own, report, seen) : noSpans(name);
      if (fault) return { file: `${name}/${FILE}`, traces: [], ...fault };
    }
    return 'ok';
  };
}

function noReport(program: string, seen: Observation): Failure | 'inconclusive' {
  const lines = seen.programs.get(program)?.stderr ?? [];
  const failure = { file: program, traces: [] };
  if (lines.some((line) => line.includes('ERR_MODULE_NOT_FOUND'))) {
    const cause = 'It came with the start of this step: npm run step 24/start puts it there.';
    return { ...failure, found: `${program} is missing.`, cause };
  }
  if (seen.slowness >= BUSY) return 'inconclusive';
  return {
    ...failure,
    found: `${program} could not move the endpoint.`,
    cause: 'A service does not respond as it should: see these lines.',
    lines: lines.slice(0, SHOWN_LINES),
  };
}

function noSpans(service: string): Fault {
  return {
    found: `No span of ${service} arrived anywhere.`,
    cause:
      'In tracing.ts, pass your exporter to the NodeSDK as its traceExporter. In endpoint.ts, leave the unit started: a closed one learns of no endpoint.',
    file: `${service}/tracing.ts`,
  };
}

function callsFailed(count: number, when: string): Fault {
  return {
    found: `${counted(count, 'call')} failed ${when}.`,
    cause: 'A service must respond in the same way whatever happens to its spans: look at what it printed.',
    file: `bands-api/${FILE}`,
  };
}
