import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Course } from './course.ts';

const run = promisify(execFile);

/** Of the files under steps/, those that are also in a working copy. */
const paths = ['steps', ':!steps/shared', ':!steps/*/check.ts', ':!steps/**/*.md'];

/**
 * The files of the steps whose code differs from the last commit, as paths from the root: the attendee may have edited a
 * step instead of the working copy. Empty without git.
 */
export async function editedFiles({ root }: Course): Promise<string[]> {
  const words = ['diff', '--name-only', '--relative', '-z', 'HEAD', '--', ...paths];
  const { stdout } = await run('git', words, { cwd: root }).catch(() => ({ stdout: '' }));
  return stdout.split('\0').filter(Boolean);
}
