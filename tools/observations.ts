/** Each step is observed once. Its documents, its slides, and its tests all look at that one run. */
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { combined, readLesson } from '../workshop/check/check.ts';
import type { Observation } from '../workshop/check/observation.ts';
import { observe } from '../workshop/check/observe.ts';
import { listChapters } from '../workshop/course/chapters.ts';
import type { Step } from '../workshop/course/list.ts';
import { readServices } from '../workshop/services/definition.ts';

/** Much of a run is waiting, so one more than there are processors. */
const AT_A_TIME = availableParallelism() + 1;
const TIMEOUT_MS = 300_000; // several run side by side, on a machine that may be busy with other work

// Many services run side by side: none should give up on another because the machine is busy.
process.env.REVIEWS_TIMEOUT_MS ??= '60000';

const observations = new Map<string, Promise<Observation>>();
const lanes: Promise<unknown>[] = Array.from({ length: AT_A_TIME }, () => Promise.resolve());
let partsAreFree: Promise<unknown> = Promise.resolve();

/**
 * What the check sees of a step. Besides the run of its run.ts, the step gets the calls of all checks that can judge it
 * (see `checksFor`). A step is run once: this process remembers what was seen, and the folder in
 * WORKSHOP_OBSERVATIONS, if that is set, keeps it for other processes.
 * @throws ObservationError when the step does not run
 */
export function observationOf(step: Step): Promise<Observation> {
  const known = observations.get(step.name);
  if (known) return known;
  const seen = readOrObserve(step);
  observations.set(step.name, seen);
  return seen;
}

/** Whether another process, or this one, has observed a step already. */
export function isObserved(step: Step): boolean {
  const file = fileFor(step);
  return observations.has(step.name) || (file !== undefined && existsSync(file));
}

/** The steps whose checks can judge the observation of a step: those of its chapter, up to the step after it. */
export async function checksFor({ name }: Step): Promise<Step[]> {
  const chapter = (await listChapters()).find((steps) => steps.some((step) => step.name === name))!;
  return chapter.slice(0, chapter.findIndex((step) => step.name === name) + 2);
}

async function readOrObserve(step: Step): Promise<Observation> {
  const file = fileFor(step);
  if (file && existsSync(file)) return deserialize(await readFile(file)) as Observation;

  const seen = await inTurn(step, async () => observe({ ...(await whatToDo(step)), timeoutMs: TIMEOUT_MS }));
  if (file) {
    const part = `${file}.${process.pid}`;
    await writeFile(part, serialize(seen));
    await rename(part, file); // another process never reads half of it
  }
  return seen;
}

function fileFor({ name }: Step): string | undefined {
  const folder = process.env.WORKSHOP_OBSERVATIONS;
  return folder ? join(folder, `${name}.v8`) : undefined;
}

async function whatToDo(step: Step) {
  const lessons = await Promise.all((await checksFor(step)).map(({ folder }) => readLesson(folder)));
  return { folder: step.folder, lesson: combined(lessons) };
}

/** Runs a few steps at a time. Steps that need a part, such as a broker, run one after the other: they share it. */
async function inTurn<T>(step: Step, work: () => Promise<T>): Promise<T> {
  const services = await readServices(step.folder);
  const run = async () => {
    const lane = step.number % AT_A_TIME;
    const turn = lanes[lane]!.then(work);
    lanes[lane] = turn.catch(() => {});
    return turn;
  };
  if (services.every(({ needs }) => needs.length === 0)) return run();
  const turn = partsAreFree.then(run);
  partsAreFree = turn.catch(() => {});
  return turn;
}
