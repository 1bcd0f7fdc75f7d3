import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '#workshop/net/ports';
import { projectFolder } from '#workshop/settings';
import { listSteps, type Step } from '#workshop/course/list';

// No backend of somebody else may be taken for the one to which spans went by mistake.
process.env.JAEGER_URL = `http://localhost:${await freePort()}`;

// Many services run side by side here: let none give up on another because the machine is busy.
process.env.REVIEWS_TIMEOUT_MS = '20000';

/** The steps of the first chapter. */
export const steps = (await listSteps()).filter(({ number }) => number <= 10);

export function stepNumber(number: number): Step {
  return steps.find((step) => step.number === number)!;
}

/** Changes of a step's files: for each file the texts to replace, or its whole new text; null deletes it. */
export type Patch = Record<string, [from: string, to: string][] | string | null>;

/**
 * Copies a step, changed, to where its imports find the project's packages. The caller removes it.
 * @throws when a text to replace is not there, which says that the step has moved on
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
        if (!text.includes(from)) throw new Error(`${path} of step ${name} does not hold: ${from}`);
        text = text.replaceAll(from, to);
      }
      await writeFile(file, text);
    }
  }
  return copy;
}

/** Does things a few at a time, in their order, and gives a promise for each at once. */
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
