import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import { copyProject, removeCopy } from '#tools/project-copy';
import { listSteps } from '#workshop/course/list';
import { isolatedEnvironment } from '../support/environment.ts';
import { runScript, startScript } from '../support/process.ts';

const steps = await listSteps();
export const nameOf = (number: number) => steps.find((step) => step.number === number)!.name;
export const command = 'workshop/commands/check.ts';

export const cwd = await copyProject();
after(() => removeCopy(cwd));

/** Puts a step into the working copy of a copied project, and gives the command with its own state folder. */
export async function workingCopy(t: TestContext, number = 10) {
  const { env, ports } = await isolatedEnvironment(t);
  const step = join(cwd, 'steps', nameOf(number));
  for (const name of ['run.ts', 'bands-api', 'reviews-api']) {
    await rm(join(cwd, name), { recursive: true });
    await cp(join(step, name), join(cwd, name), { recursive: true });
  }
  const options = { cwd, env };
  return {
    env,
    ports,
    check: (...args: string[]) => runScript(t, command, args, options),
    start: (...args: string[]) => startScript(t, command, args, options),
    progressFile: join(env['WORKSHOP_STATE']!, 'progress.json'),
  };
}
