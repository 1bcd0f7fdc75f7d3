import { noServerSpan } from '../causes.ts';
import type { Failure, Judge } from '../lesson.ts';
import { type Observation, serverSpanOf, traceWith } from '../observation.ts';
import type { Span, Trace } from '../../trace/model.ts';

/** What a judge found. A failure lacks what `about` adds. */
export type Verdict = 'ok' | 'inconclusive' | Fault;

/** A failure that need not say which file it is about. */
export type Fault = Pick<Failure, 'found' | 'cause'> & Partial<Failure>;

/** A judge whose failures are about this file, and show these traces, unless they say otherwise. */
export function about(place: Pick<Failure, 'file' | 'traces'>, judge: (seen: Observation) => Verdict): Judge {
  return (seen) => placed(judge(seen), place);
}

/**
 * A judge of the trace that contains the span in which a service handled the call of run.ts. If there is no such span, it
 * says why. Failures show this trace, unless they say otherwise.
 */
export function aboutServerSpan(
  file: string,
  service: string,
  judge: (server: Span, trace: Trace, seen: Observation) => Verdict,
): Judge {
  return (seen) => {
    const server = serverSpanOf(seen, service);
    if (!server) return noServerSpan(seen, service);
    const trace = traceWith(seen, server);
    return placed(judge(server, trace, seen), { file, traces: [trace] });
  };
}

/** A verdict in which a failure has this place, unless it says otherwise. */
function placed(verdict: Verdict, place: Pick<Failure, 'file' | 'traces'>): ReturnType<Judge> {
  return typeof verdict === 'string' ? verdict : { ...place, ...verdict };
}
