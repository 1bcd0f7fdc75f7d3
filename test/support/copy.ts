import type { TestContext } from 'node:test';
import { copyProject, removeCopy } from '#tools/project-copy';

/** A copy of the project as it is now, as after cloning and installing; gone when the test is over. */
export async function projectCopy(t: TestContext): Promise<string> {
  const folder = await copyProject();
  t.after(() => removeCopy(folder));
  return folder;
}
