import type { Span, Trace } from '../trace/model.ts';
import type { Observation } from './observation.ts';
import type { RuleTests } from './rule-tests.ts';

/** What a step's check.ts exports: what the attendee's code should do now, and how to recognize it. */
export interface Lesson {
  /** What the attendee has learned, for the last line of a check that passed: "Step 3 done: …". */
  done: string;
  /** Calls that the check makes in addition to that of run.ts, by name; at the same time unless stated otherwise. */
  calls?: Record<string, CheckCall>;
  /** Messages that the check sends to services after the call of run.ts, by name. */
  messages?: Record<string, CheckMessage>;
  /** Programs that the check runs after the spans of all calls have arrived, by name; one after the other. */
  programs?: Record<string, CheckProgram>;
  /** Tests for the rules that Prometheus evaluates. */
  ruleTests?: RuleTests;
  /** Recognizes a span that follows the call later: the services run until it arrives. */
  awaits?: (span: Span) => boolean;
  /**
   * The lowercase name of a response header that contains the trace id: the check runs run.ts a second time, with
   * another id in this header.
   */
  traceIdHeader?: string;
  /**
   * The numbers of earlier steps whose code this step replaces. Until it is complete, they may fail; so they are checked
   * again only if it passes.
   */
  replaces?: number[];
  /** The numbers of earlier steps whose checks no longer apply, because what they look at is different from this step on. */
  ends?: number[];
  /** In the order of the lesson: the attendee is told about the first one that is not met. */
  expectations: Expectation[];
}

/** A request that the check sends directly to a service. */
export interface CheckCall {
  /** The name of a service or of one of its instances. */
  to: string;
  /** GET by default. */
  method?: string;
  /** Path and query. */
  path: string;
  headers?: Record<string, string>;
  /** Wait for run.ts to exit, and for the other calls, first. Durations are judged in two calls, because a busy moment of the machine spoils one. */
  afterwards?: boolean;
  /** Close the connection of requests to this service whose path contains this text, as if the service were down. */
  blocks?: { to: string; mentioning: string };
}

/** A message that the check puts into the queue of a service. */
export interface CheckMessage {
  to: string;
  content: string;
  headers: Record<string, string>;
}

/** A program that the check runs as an attendee does. */
export interface CheckProgram {
  /** Its path in the folder that is checked; an absolute path for a program that is not part of the step. */
  file: string;
  /** The words of its command line. They may depend on what has been observed so far, such as the id of a trace. */
  words?: (seen: Observation) => string[];
  /** The lines to type into it, which may depend on that too. */
  input?: (seen: Observation) => string[];
}

export interface Expectation {
  /** A sentence of the lesson, without the period. */
  expect: string;
  judge: Judge;
}

/** Decides whether an expectation is met; inconclusive if the machine was too busy to tell. */
export type Judge = (seen: Observation) => 'ok' | 'inconclusive' | Failure;

/** What was observed instead of what was expected. */
export interface Failure {
  /** What was seen, in a sentence or two. */
  found: string;
  /** The most likely cause and what to do, in a sentence or two. */
  cause: string;
  /** The file to look at, relative to the folder that is checked. */
  file: string;
  /** The traces to show; those of the call by default. */
  traces?: Trace[];
  /** Lines that a program printed, to show at the end. */
  lines?: string[];
}
