/** Each step is observed once. Its documents, its slides, and its tests all use that one run. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { deserialize, serialize } from 'node:v8';
import { applying, combined, readLesson } from '../workshop/check/check.ts';
import type { Observation } from '../workshop/check/observation.ts';
import { ObservationError } from '../workshop/check/observation-error.ts';
import { observe } from '../workshop/check/observe.ts';
import { listChapters } from '../workshop/course/chapters.ts';
import type { Step } from '../workshop/course/list.ts';
import { openQueue } from '../workshop/queue.ts';
import { readServices } from '../workshop/services/definition.ts';
import { isRecorded, readRecorded } from './recorded.ts';

const TIMEOUT_MS = 300_000; // several run side by side, on a machine that may be busy with other work
const CLAIM_TIMEOUT_MS = 900_000; // if a process was killed while it observed a step, another one takes over

// Many services run side by side: none should give up on another because the machine is busy.
for (const name of ['REVIEWS_TIMEOUT_MS', 'SOCIAL_TIMEOUT_MS', 'DATABASE_TIMEOUT_MS', 'ENDPOINT_WAIT_MS'])
  process.env[name] ??= '60000';

const observations = new Map<string, Promise<Observation>>();
/** Steps in the same lane run one after the other. Those that need a part, such as a broker, share the first lane. */
const lanes = Array.from({ length: 1 + availableParallelism() }, openQueue);

/**
 * What the check sees of a step. A step that needs a program that few machines have isn't run: a recording of an earlier
 * run is used instead. Besides the run of its run.ts, a step gets the calls of all checks that can judge it
 * (see `checksFor`). A step is run once: this process remembers what was seen, and the folder in
 * WORKSHOP_OBSERVATIONS, if that is set, keeps it for other processes, which wait for it. `prepare` is called before the
 * step is run.
 * @throws ObservationError if the step does not run
 */
export function observationOf(step: Step, prepare = async () => {}): Promise<Observation> {
  const known = observations.get(step.name);
  if (known) return known;
  const seen = readOrObserve(step, prepare);
  observations.set(step.name, seen);
  return seen;
}

/** The steps whose checks can judge the observation of a step: those that apply to it, and the step after it. */
export async function checksFor({ name }: Step): Promise<Step[]> {
  const chapter = (await listChapters()).find((steps) => steps.some((step) => step.name === name))!;
  const after = chapter.findIndex((step) => step.name === name) + 1;
  return [...(await applying(chapter.slice(0, after))), ...chapter.slice(after, after + 1)];
}

/**
 * Runs a step as `observationOf` describes, whether or not it has been run before, or recorded. If the machine was too busy,
 * tries again.
 */
export async function observeStep(step: Step): Promise<Observation> {
  const options = { ...(await whatToDo(step)), timeoutMs: TIMEOUT_MS };
  return observe(options).catch((error) => {
    if (error instanceof ObservationError && error.inconclusive) return observe(options);
    throw error;
  });
}

async function readOrObserve(step: Step, prepare: () => Promise<void>): Promise<Observation> {
  if (isRecorded(step)) return readRecorded(step);
  const observeNow = async () => {
    await prepare();
    return observeStep(step);
  };
  const file = fileFor(step);
  if (!file) return inTurn(step, observeNow);

  const claim = `${file}.claim`;
  const deadline = performance.now() + CLAIM_TIMEOUT_MS;
  while (!(await claimed(claim)) && performance.now() < deadline) await sleep(100);
  try {
    if (existsSync(file)) return deserialize(await readFile(file)) as Observation;
    const seen = await inTurn(step, observeNow);
    await writeFile(file, serialize(seen));
    return seen;
  } finally {
    await rm(claim, { recursive: true, force: true });
  }
}

/** Claims a step for this process. Until it removes the claim, other processes wait. */
function claimed(claim: string): Promise<boolean> {
  return mkdir(claim).then(
    () => true,
    () => false,
  );
}

function fileFor({ name }: Step): string | undefined {
  const folder = process.env.WORKSHOP_OBSERVATIONS;
  return folder ? join(folder, `${name}.v8`) : undefined;
}

async function whatToDo(step: Step) {
  const lessons = await Promise.all((await checksFor(step)).map(({ folder }) => readLesson(folder)));
  return { folder: step.folder, lesson: combined(lessons) };
}

/** Runs a few steps at a time. */
async function inTurn<T>(step: Step, work: () => Promise<T>): Promise<T> {
  const services = await readServices(step.folder);
  const needsPart = services.some(({ needs }) => needs.length > 0);
  const lane = needsPart ? 0 : 1 + (step.number % (lanes.length - 1));
  return lanes[lane]!.add(work);
}
