import { execFile } from 'node:child_process';
import { appendFile, cp, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectFolder } from '../settings.ts';
import { projectEntries } from './project-files.ts';

const run = promisify(execFile);

const AUTHOR = [
  '-c',
  'user.name=Workshop',
  '-c',
  'user.email=workshop@localhost',
  '-c',
  'core.autocrlf=false',
];

/**
 * Copies the project as it is now into a temporary folder, with one commit and what is installed linked: what a
 * reader has after cloning and installing. Gives the folder.
 */
export async function copyProject(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'workshop-docs-')));
  for (const name of await projectEntries()) {
    await cp(join(projectFolder, name), join(folder, name), { recursive: true });
  }
  const git = (...words: string[]) => run('git', [...AUTHOR, ...words], { cwd: folder });
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'The workshop');

  await appendFile(join(folder, '.git', 'info', 'exclude'), 'node_modules\n'); // .gitignore means a folder, not a link
  await symlink(join(projectFolder, 'node_modules'), join(folder, 'node_modules'), 'junction');
  return folder;
}

/** Removes a copy; waits a little for what still writes into it. */
export function removeCopy(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
