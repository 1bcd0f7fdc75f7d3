import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stateFolder } from '../settings.ts';
import { listSteps, type Step } from './list.ts';
import { positionOf, readWorkingCopy } from './working-copy.ts';

const file = join(stateFolder, 'step');

/**
 * The step that the attendee has reached: the one last put into the working copy or passed in a check, and the one
 * after it is what they work towards, even when all of it is typed. If the working copy equals yet another step,
 * as after `git switch`, it is that one; where nothing is known, the nearest.
 */
export async function currentStep(): Promise<Step> {
  const [steps, name] = [await listSteps(), await remembered()];
  const position = await positionOf(await readWorkingCopy());
  const index = steps.findIndex((step) => step.name === name);
  const next = steps[index + 1];
  if (index === -1 || (position.exact && position.step.name !== next?.name)) return position.step;
  return steps[index]!;
}

/** Remembers a step that was put into the working copy. */
export async function rememberPut({ name }: Step): Promise<void> {
  await mkdir(stateFolder, { recursive: true });
  await writeFile(file, `${name}\n`);
}

/** Remembers a step whose check passed in the working copy: who checks an earlier one once more does not go back. */
export async function rememberPassed(step: Step): Promise<void> {
  if (step.name > (await remembered())) await rememberPut(step);
}

async function remembered(): Promise<string> {
  return (await readFile(file, 'utf8').catch(() => '')).trim();
}
