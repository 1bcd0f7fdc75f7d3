/** What workshop/lesson/ and the page of npm run lesson send to each other. */

/** Everything that changes while the page is open. */
export interface SessionState {
  steps: ListedStep[];
  /** The name of the step that is shown and checked. */
  selected: string;
  /** The step that the working copy equals, or the closest one. */
  workingCopy: { number: number; exact: boolean };
  /** How often the working copy has changed. */
  saves: number;
  services: { name: string; state: 'starting' | 'ready' | 'waiting' }[];
  /** Why the services are not supervised, in a sentence; empty if they are. */
  problem: string;
  check: CheckState;
  run: RunState;
}

export interface ListedStep {
  name: string;
  number: number;
  title: string;
  /** Chapters are numbered from 1. */
  chapter: number;
  passed: boolean;
}

/** The check that is running, and the result of the last one of the same step. */
export interface CheckState {
  isRunning: boolean;
  result?: CheckedStep;
  /** Why there could be no check, in a sentence. */
  problem?: string;
}

/** The result of a check. */
export interface CheckedStep {
  /** The name of the step that it is about: if it is a regression, an earlier one. */
  step: string;
  done: string;
  passed: boolean;
  inconclusive: boolean;
  regression: boolean;
  outcomes: CheckedExpectation[];
  /** Files under steps/ that were edited. */
  editedFiles: string[];
}

export interface CheckedExpectation {
  expect: string;
  status: 'met' | 'failed' | 'inconclusive' | 'open';
  failure?: { found: string; cause: string; file: string; lines: string[] };
}

/** The run of run.ts that is running or that was the last one. */
export interface RunState {
  isRunning: boolean;
  /** What it has printed so far. */
  output: string;
  /** The path of the page of its trace or, if its id isn't known, of a search. A URL if Jaeger has the page. */
  tracePage?: string;
  /** Whether it failed. */
  failed: boolean;
}

/** What differs between the working copy and the step that is shown. */
export interface DifferenceResponse {
  changes: { path: string; added: number; removed: number; patch: string }[];
  /** Whether the working copy has other services, because it is in another chapter. */
  otherSystem: boolean;
}

/** What the page asks for. Only its own page can: see workshop/lesson/guard.ts. */
export type ActionName = 'select' | 'check' | 'run' | 'stop' | 'save' | 'reset' | 'restore';

/** The header in which the page sends the token of this start of npm run lesson. */
export const tokenHeader = 'x-lesson-token';

/** The body of such a request: `step` is a name, for `select`; `columns` are how many the page shows, for `run`. */
export interface ActionInput {
  step?: string;
  columns?: number;
}

/** The response: a sentence for the reader, which may be empty. */
export interface ActionResponse {
  message: string;
}
