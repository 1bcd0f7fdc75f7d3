import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Evaluation, evaluate, readLesson, runCheck } from '#workshop/check/check';
import type { Observation } from '#workshop/check/observation';
import { listSteps, type Step } from '#workshop/course/list';
import { projectFolder } from '#workshop/settings';
import { observed } from '../support/observed.ts';

const TIMEOUT_MS = 300_000; // for a run.ts on a machine that is busy with other work

const steps = await listSteps();

export function stepNumber(number: number): Step {
  return steps.find((step) => step.number === number)!;
}

/** The expectation that is not met, and what the check says about it. */
export interface Finding {
  expect: RegExp;
  found?: RegExp;
  cause: RegExp;
  file: string | RegExp;
}

/** A mistake that learners make: a change to a step, and what the check of that step must say. */
export interface Mistake extends Finding {
  title: string;
  step: number;
  /** Without it, only the edited observation is judged. */
  patch?: Patch;
  /** Changes the observation of the correct step into what the mistake would show, which `npm test` judges. */
  edit?: (seen: Observation) => void | Promise<void>;
  /** Whether `npm test` runs it, as an example; `npm run test:rest` runs the others. */
  live?: boolean;
}

/** What the check of a step says about a mistake, judged on the edited observation. */
export async function judgeEdited({ step, edit }: Pick<Mistake, 'step' | 'edit'>): Promise<Evaluation> {
  const { folder } = stepNumber(step);
  const seen = structuredClone(await observed(stepNumber(step)));
  seen.slowness = 1; // so that the verdict depends on the edit alone
  await edit!(seen);
  return evaluate(await readLesson(folder), seen);
}

/** What the check of a step says about a mistake, judged on a run of the changed step. */
export async function runMistake({ step, patch = {} }: Pick<Mistake, 'step' | 'patch'>): Promise<Evaluation> {
  const { folder: stepFolder } = stepNumber(step);
  const folder = await patchedStep(stepNumber(step), patch);
  try {
    return await runCheck({ stepFolder, folder, timeoutMs: TIMEOUT_MS });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Fails unless the first expectation that is not met is the given one, with its cause and file. An inconclusive check is
 * right too: the machine was too busy to tell.
 */
export function assertFound(evaluation: Evaluation, { expect, found, cause, file }: Finding): void {
  const { passed, inconclusive, outcomes } = evaluation;
  if (inconclusive) return;
  const failed = outcomes.find(({ status }) => status === 'failed');
  assert.ok(failed?.failure, 'all expectations are met');
  const said = JSON.stringify({ ...failed, failure: { ...failed.failure, traces: [] } }, null, 2);

  assert.equal(passed, false);
  assert.match(failed.expect, expect, said);
  if (found) assert.match(failed.failure.found, found, said);
  assert.match(failed.failure.cause, cause, said);
  if (typeof file === 'string') assert.equal(failed.failure.file, file, said);
  else assert.match(failed.failure.file, file, said);
}

/** Fails unless all expectations are met. An inconclusive check is right too: the machine was too busy to tell. */
export function assertPassed({ inconclusive, outcomes }: Evaluation): void {
  if (inconclusive) return;
  const failed = outcomes.find(({ status }) => status !== 'met');
  const { found, cause } = failed?.failure ?? {};
  assert.equal(failed && `${failed.status}: ${failed.expect}. ${found} ${cause}`, undefined);
}

/** Changes to a step's files: for each file the texts to replace, or its whole new text; null deletes it. */
export type Patch = Record<string, [from: string, to: string][] | string | null>;

/**
 * Copies a step into a folder where its imports find the project's packages, and changes it. The caller removes it.
 * @throws if a text to replace is missing, because the step has changed
 */
export async function patchedStep({ name, folder }: Step, patch: Patch): Promise<string> {
  const parent = join(projectFolder, '.workshop', 'test');
  await mkdir(parent, { recursive: true });
  const copy = await mkdtemp(join(parent, `${name}-`));
  await cp(folder, copy, { recursive: true });

  for (const [path, change] of Object.entries(patch)) {
    const file = join(copy, path);
    if (change === null) {
      await rm(file, { recursive: true });
    } else if (typeof change === 'string') {
      await mkdir(join(file, '..'), { recursive: true });
      await writeFile(file, change);
    } else {
      let text = await readFile(file, 'utf8');
      for (const [from, to] of change) {
        if (!text.includes(from)) throw new Error(`${path} of step ${name} does not contain: ${from}`);
        text = text.replaceAll(from, to);
      }
      await writeFile(file, text);
    }
  }
  return copy;
}

/** Processes things in order, a few at a time; returns a promise for each at once. */
export function fewAtATime<T, R>(
  count: number,
  things: readonly T[],
  work: (thing: T) => Promise<R>,
): Promise<R>[] {
  const free: (() => void)[] = [];
  let running = 0;
  const turn = () =>
    running++ < count ? Promise.resolve() : new Promise<void>((resolve) => free.push(resolve));

  return things.map(async (thing) => {
    await turn();
    try {
      return await work(thing);
    } finally {
      free.shift()?.();
    }
  });
}
