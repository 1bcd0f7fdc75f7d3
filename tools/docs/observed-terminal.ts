import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyFiles, readLessonFiles } from '../../workshop/course/files.ts';
import { findStep } from '../../workshop/course/list.ts';
import { projectFolder } from '../../workshop/settings.ts';
import { observedOutput } from './observed.ts';
import type { Terminal } from './terminal.ts';

/**
 * A terminal that runs no commands: output comes from the observations of the steps. If they don't contain the output of a
 * command, it "prints" what the document already shows. Its working copy is a copy of the project's.
 */
export async function openObservedTerminal(): Promise<Terminal> {
  const parent = await mkdtemp(join(tmpdir(), 'workshop-docs-'));
  const folder = join(parent, 'working-copy');

  /** Makes the working copy equal to the lesson in a folder. */
  async function put(from: string): Promise<void> {
    await rm(folder, { recursive: true, force: true });
    await copyFiles(from, folder, (await readLessonFiles(from)).keys());
  }

  await put(projectFolder);
  return {
    folder,
    async run(command, shown = '') {
      const step = /^npm run step (\d+(?:\/start)?)$/.exec(command)?.[1];
      if (step) await put((await findStep(step)).folder);
      return (await observedOutput(command, shown, folder)) ?? shown;
    },
    async start() {},
    close: () => rm(parent, { recursive: true, force: true }),
  };
}
