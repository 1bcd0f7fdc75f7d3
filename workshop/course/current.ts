import { listSteps, type Step } from './list.ts';
import { readProgress } from './progress.ts';
import { rememberedStep, rememberStep } from './remembered.ts';
import { positionOf, readWorkingCopy } from './working-copy.ts';

/**
 * The step that the attendee has reached: the one last put into the working copy or passed in a check, and the one
 * after it is what they work towards, even when all of it is typed. If the working copy equals yet another step,
 * as after `git switch`, it is that one; where nothing is known, the nearest.
 */
export async function currentStep(): Promise<Step> {
  const [steps, name] = [await listSteps(), (await rememberedStep()) || (await lastPassed())];
  const position = await positionOf(await readWorkingCopy());
  const index = steps.findIndex((step) => step.name === name);
  const next = steps[index + 1];
  if (index === -1 || (position.exact && position.step.name !== next?.name)) return position.step;
  return steps[index]!;
}

/** The step that the attendee works towards: the one after the step reached; the last one if there is none after it. */
export async function nextStep(): Promise<Step> {
  const [steps, { number }] = [await listSteps(), await currentStep()];
  return steps.find((step) => step.number > number) ?? steps.at(-1)!;
}

/** Remembers a step whose check passed in the working copy: who checks an earlier one once more does not go back. */
export async function rememberPassed({ name }: Step): Promise<void> {
  if (name > (await rememberedStep())) await rememberStep(name);
}

async function lastPassed(): Promise<string | undefined> {
  return (await readProgress()).checked.toSorted().at(-1);
}
