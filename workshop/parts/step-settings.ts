import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { monitoringFolder } from '../settings.ts';
import type { Settings } from './part.ts';

/** The settings of a step. */
export interface StepSettings {
  /** The step's folder. */
  stepFolder: string;
  /**
   * Where things really are, by the host and port in the step's files: localhost:8090 → localhost:45123. The parts that
   * are started are added.
   */
  places: Map<string, string>;
}

/**
 * Copies the step's settings to a folder, with the real places instead of the usual ones. The step's files are complete
 * as they are, so that they work outside of the workshop too.
 * @throws UserError if the part's file is missing
 */
export async function copySettings(
  { file }: Settings,
  settings: StepSettings | undefined,
  target: string,
): Promise<void> {
  if (!settings) throw new UserError(`it needs the file ${monitoringFolder}/${file} of a step.`);
  const source = join(settings.stepFolder, monitoringFolder);
  if (!existsSync(join(source, file))) {
    throw new UserError(
      `${monitoringFolder}/${file} is missing: write it, or restore it with npm run step -- --reset.`,
    );
  }
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  for (const name of await readdir(source)) {
    const text = await readFile(join(source, name), 'utf8');
    const real = text.replaceAll(/\blocalhost:\d+\b/g, (place) => settings.places.get(place) ?? place);
    await writeFile(join(target, name), real);
  }
}
