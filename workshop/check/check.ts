import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '../errors.ts';
import { readServices } from '../services/definition.ts';
import { projectFolder } from '../settings.ts';
import { ObservationError, otherServices } from './observation-error.ts';
import type { Lesson, Failure } from './lesson.ts';
import { type Observation, tracesOfCall } from './observation.ts';
import { observe, type ObserveOptions } from './observe.ts';

/** What became of an expectation. One that follows a failed one stays open: it would most likely fail for its cause. */
export interface Outcome {
  expect: string;
  status: 'met' | 'failed' | 'open';
  /** What a failed one found instead. */
  failure?: Failure;
}

export interface CheckResult {
  passed: boolean;
  /** What was learned, once all expectations are met. */
  done: string;
  outcomes: Outcome[];
}

export interface CheckOptions {
  /** The step's own folder, which holds its check.ts. */
  stepFolder: string;
  /** The folder to check: the working copy, or any other that holds run.ts and services. */
  folder: string;
  /** How long run.ts may take once the services have started, 30 s if not given. ms. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/**
 * Checks a folder against the lesson of a step: runs what is in it, and looks at what comes of that.
 * Rejects only if interrupted, or if the lesson itself is broken; whatever is wrong with the folder is in the result.
 */
export async function runCheck({ stepFolder, ...options }: CheckOptions): Promise<CheckResult> {
  const lesson = await readLesson(stepFolder);
  const missing = await missingServices(stepFolder, options.folder);
  if (missing.length > 0) return evaluate(lesson, otherServices(missing, basename(stepFolder)));
  const result = evaluate(lesson, await tryToObserve({ ...options, lesson }));
  const outcomes = await Promise.all(
    result.outcomes.map((outcome) => nameSharedFile(outcome, options.folder)),
  );
  return { ...result, outcomes };
}

/** Names the file of a shared service by its place: what a judge calls gateway/app.ts is in steps/shared. */
async function nameSharedFile(outcome: Outcome, folder: string): Promise<Outcome> {
  const { failure } = outcome;
  if (!failure) return outcome;
  const [name = '', ...path] = failure.file.split('/');
  const services = await readServices(folder).catch(() => []); // a broken service.json is what the failure is about
  const shared = services.find((service) => service.name === name && service.folder !== join(folder, name));
  if (!shared) return outcome;
  const file = relative(projectFolder, join(shared.folder, ...path)).replaceAll('\\', '/');
  return { ...outcome, failure: { ...failure, file } };
}

/** The services of a step that a folder with others does not have: it holds a step of another chapter. */
async function missingServices(stepFolder: string, folder: string): Promise<string[]> {
  const names = (await readServices(stepFolder)).map(({ name }) => name);
  const hasAny = (await readdir(folder)).some((name) => existsSync(join(folder, name, 'service.json')));
  return hasAny ? names.filter((name) => !existsSync(join(folder, name))) : [];
}

/**
 * Reads the check.ts of a step.
 * @throws UserError when it has none
 */
export async function readLesson(stepFolder: string): Promise<Lesson> {
  const file = join(stepFolder, 'check.ts');
  if (!existsSync(file)) throw new UserError(`${file} is missing, so nothing says what this step should do.`);
  const module = await import(pathToFileURL(file).href);
  return module.default as Lesson;
}

/** Observes a folder as `observe` does, and gives the ObservationError if there is one. */
export function tryToObserve(options: ObserveOptions): Promise<Observation | ObservationError> {
  return observe(options).catch((error) => {
    if (error instanceof ObservationError) return error;
    throw error;
  });
}

/** Goes through the expectations of a lesson, up to the first that is not met. */
export function evaluate({ done, expectations }: Lesson, seen: Observation | ObservationError): CheckResult {
  const outcomes: Outcome[] = [];
  let failed = seen instanceof ObservationError;
  if (seen instanceof ObservationError) {
    outcomes.push({ expect: seen.expect, status: 'failed', failure: seen.failure });
  }

  for (const { expect, judge } of expectations) {
    if (failed || seen instanceof ObservationError) {
      outcomes.push({ expect, status: 'open' });
      continue;
    }
    const verdict = judge(seen);
    failed = verdict !== 'ok';
    if (verdict === 'ok') outcomes.push({ expect, status: 'met' });
    else outcomes.push({ expect, status: 'failed', failure: { traces: tracesOfCall(seen), ...verdict } });
  }
  return { passed: !failed, done, outcomes };
}
