import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '../errors.ts';
import { readServices } from '../services/definition.ts';
import { projectFolder } from '../settings.ts';
import type { CheckCall, Failure, Lesson } from './lesson.ts';
import { missingServices, ObservationError } from './observation-error.ts';
import { type Observation, tracesOfCall } from './observation.ts';
import { observe, type ObserveOptions } from './observe.ts';

/** The result of an expectation. Those after one that is not met stay open, because they would often fail too. */
export interface Outcome {
  expect: string;
  status: 'met' | 'failed' | 'inconclusive' | 'open';
  /** If it failed: what was found instead. */
  failure?: Failure;
}

/** The result of a lesson. */
export interface Evaluation {
  /** What the attendee has learned if all expectations are met. */
  done: string;
  outcomes: Outcome[];
  passed: boolean;
  /** Whether the machine was too busy to tell. */
  inconclusive: boolean;
}

/** The result of a check: that of its step or, if an earlier step no longer passes, that of the earlier step. */
export interface CheckResult extends Evaluation {
  /** The name of the step that the result is about. */
  step: string;
  regression: boolean;
}

export interface CheckOptions extends Omit<ObserveOptions, 'lesson'> {
  /** The folder of the step, which contains its check.ts; `folder` is what is checked. */
  stepFolder: string;
  /** The folders of the steps that passed before, and are checked again. */
  earlier?: string[];
}

/**
 * Checks a folder against the lesson of a step: runs the folder once, and evaluates what was observed. The steps that
 * passed before come first; but those whose code this step replaces come last, since it breaks them until it is complete.
 * Rejects only if it is interrupted or the lesson itself is broken: all problems of the folder are in the result.
 */
export async function runCheck({ stepFolder, earlier = [], ...options }: CheckOptions): Promise<CheckResult> {
  const steps = await Promise.all(
    [...earlier, stepFolder].map(async (path) => ({ name: basename(path), lesson: await readLesson(path) })),
  );
  const { name, lesson } = steps.pop()!;
  const isReplaced = (step: { name: string }) =>
    lesson.replaces?.includes(Number(step.name.slice(0, 2))) ?? false;
  const before = steps.filter((step) => !isReplaced(step));

  const missing = await servicesMissing(stepFolder, options.folder);
  const seen =
    missing.length > 0
      ? missingServices(missing, name)
      : await tryToObserve({ ...options, lesson: combined([...steps.map((step) => step.lesson), lesson]) });
  const inOrder =
    seen instanceof ObservationError ? [] : [...before, { name, lesson }, ...steps.filter(isReplaced)];
  const failed = inOrder.find((step) => !evaluate(step.lesson, seen).passed) ?? { name, lesson };

  const result = evaluate(failed.lesson, seen);
  const outcomes = await Promise.all(
    result.outcomes.map((outcome) => nameSharedFile(outcome, options.folder)),
  );
  return { ...result, outcomes, step: failed.name, regression: failed.name !== name };
}

/** Of the steps of a chapter up to some step, in order, those whose checks apply to that step. */
export async function applying<S extends { number: number; folder: string }>(steps: S[]): Promise<S[]> {
  const lessons = await Promise.all(steps.map(({ folder }) => readLesson(folder)));
  const ended = new Set(lessons.flatMap(({ ends = [] }) => ends));
  return steps.filter(({ number }) => !ended.has(number));
}

/** What to do for several lessons in one observation. */
export function combined(lessons: Lesson[]): ObserveOptions['lesson'] {
  const calls = lessons.flatMap((lesson) => Object.entries(lesson.calls ?? {}));
  return Object.assign({}, ...lessons, {
    calls: Object.fromEntries(calls.map(([name, call]) => [name, inOwnTrace(call)])),
    programs: Object.assign({}, ...lessons.map(({ programs }) => programs)),
  }) as Lesson;
}

/** A call with a traceparent: without one, its trace would look like that of run.ts, which may not send one either. */
function inOwnTrace(call: CheckCall): CheckCall {
  const traceparent = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
  return { ...call, headers: { traceparent, ...call.headers } };
}

/**
 * Replaces a path in a shared service by its real path: gateway/app.ts may be in steps/shared. Its service.json is also in
 * the folder itself, where people change it.
 */
async function nameSharedFile(outcome: Outcome, folder: string): Promise<Outcome> {
  const { failure } = outcome;
  if (!failure || existsSync(join(folder, failure.file))) return outcome;
  const [name = '', ...path] = failure.file.split('/');
  const services = await readServices(folder).catch(() => []); // the failure may be about an invalid service.json
  const shared = services.find((service) => service.title === name && service.folder !== join(folder, name));
  if (!shared) return outcome;
  const file = relative(projectFolder, join(shared.folder, ...path)).replaceAll('\\', '/');
  return { ...outcome, failure: { ...failure, file } };
}

/** The services of a step that are missing from a folder with other services, which contains a step of another chapter. */
async function servicesMissing(stepFolder: string, folder: string): Promise<string[]> {
  const names = [...new Set((await readServices(stepFolder)).map(({ title }) => title))];
  const hasAny = (await readdir(folder)).some((name) => existsSync(join(folder, name, 'service.json')));
  return hasAny ? names.filter((name) => !existsSync(join(folder, name))) : [];
}

/**
 * Reads the check.ts of a step.
 * @throws UserError if it is missing
 */
export async function readLesson(stepFolder: string): Promise<Lesson> {
  const file = join(stepFolder, 'check.ts');
  if (!existsSync(file)) {
    throw new UserError(`${file} is missing: \`git checkout HEAD -- steps\` restores it.`);
  }
  const module = await import(pathToFileURL(file).href);
  return module.default as Lesson;
}

function tryToObserve(options: ObserveOptions): Promise<Observation | ObservationError> {
  return observe(options).catch((error) => {
    if (error instanceof ObservationError) return error;
    throw error;
  });
}

/** Judges the expectations of a lesson in order, up to the first that is not met. */
export function evaluate({ done, expectations }: Lesson, seen: Observation | ObservationError): Evaluation {
  const outcomes: Outcome[] = [];
  if (seen instanceof ObservationError) {
    const { expect, failure, inconclusive } = seen;
    outcomes.push({ expect, status: inconclusive ? 'inconclusive' : 'failed', failure });
  }
  for (const { expect, judge } of expectations) {
    const isOpen = seen instanceof ObservationError || outcomes.some(({ status }) => status !== 'met');
    outcomes.push(isOpen ? { expect, status: 'open' } : { expect, ...outcomeOf(judge(seen), seen) });
  }
  return {
    done,
    outcomes,
    passed: outcomes.every(({ status }) => status === 'met'),
    inconclusive: outcomes.some(({ status }) => status === 'inconclusive'),
  };
}

function outcomeOf(verdict: ReturnType<Lesson['expectations'][number]['judge']>, seen: Observation) {
  if (verdict === 'ok') return { status: 'met' } as const;
  if (verdict === 'inconclusive') return { status: verdict } as const;
  return { status: 'failed', failure: { traces: tracesOfCall(seen), ...verdict } } as const;
}
