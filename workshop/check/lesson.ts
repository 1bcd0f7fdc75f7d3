import type { Span, Trace } from '../trace/model.ts';
import type { Observation } from './observation.ts';

/** What a step's check.ts gives: what the attendee should have now, and how to see it. */
export interface Lesson {
  /** What was learned, for the line that closes a check that passed: "Step 03 done: …". */
  done: string;
  /** Calls that the check makes beside that of run.ts, at the same time if not told otherwise, by a name for messages. */
  calls?: Record<string, CheckCall>;
  /** Tells a span that comes by itself, later than the call: services are not ended before it came. */
  awaits?: (span: Span) => boolean;
  /** A header that holds a trace id: run.ts is run once more, and its answer has another id there. In small letters. */
  retells?: string;
  /** In the order of the lesson: the first one that is not met is what the attendee is told. */
  expectations: Expectation[];
}

/** A request of the check's own, sent straight to a service. */
export interface CheckCall {
  to: string;
  /** GET if not given. */
  method?: string;
  /** Path and query. */
  path: string;
  headers?: Record<string, string>;
  /** Wait until run.ts has ended: what takes time is judged by two moments, of which a busy machine spoils but one. */
  afterwards?: boolean;
  /** Hang up on requests to this service whose path mentions this text, as if the service were down. */
  cuts?: { to: string; mentioning: string };
}

export interface Expectation {
  /** A sentence of the lesson, without the full stop. */
  expect: string;
  see: See;
}

/** Looks at what was observed. */
export type See = (seen: Observation) => 'ok' | Shortfall;

/** What came instead of what was expected. */
export interface Shortfall {
  /** What was seen, a sentence or two. */
  found: string;
  /** What most likely led to it and what to do, a sentence or two. */
  cause: string;
  /** The file to look at, below the folder that is checked. */
  file: string;
  /** The traces to show; those of the call in question if not given. */
  traces?: Trace[];
  /** Lines that a program printed, to show below. */
  lines?: string[];
}
