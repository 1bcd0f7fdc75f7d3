import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { appendFile, chmod, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectFolder } from '../workshop/settings.ts';
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
 * Copies the project as it is now to a temporary folder, with one commit and a link to the installed packages, so that
 * the copy is what a reader has after cloning and installing. Returns the folder.
 */
export async function copyProject(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'workshop-docs-')));
  await chmod(folder, 0o755); // if this process is root, it starts PostgreSQL as another user
  for (const name of await projectEntries()) {
    // Synchronously: with promises, copying hundreds of small files takes three times as long.
    cpSync(join(projectFolder, name), join(folder, name), { recursive: true });
  }
  const git = (...words: string[]) => run('git', [...AUTHOR, ...words], { cwd: folder });
  await git('init', '--quiet', '--initial-branch=main');
  await borrowObjects(folder);
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'The workshop');

  await appendFile(join(folder, '.git', 'info', 'exclude'), 'node_modules\n'); // .gitignore matches a folder, not a link
  await symlink(join(projectFolder, 'node_modules'), join(folder, 'node_modules'), 'junction');
  return folder;
}

/** Lets the copy's repository use the objects of the project's repository, if there is one, so that little is written. */
async function borrowObjects(folder: string): Promise<void> {
  const words = ['rev-parse', '--path-format=absolute', '--git-path', 'objects'];
  const found = await run('git', words, { cwd: projectFolder }).catch(() => undefined);
  if (found) await writeFile(join(folder, '.git', 'objects', 'info', 'alternates'), found.stdout);
}

/** Removes a copy; waits a little for processes that are still writing to it. */
export function removeCopy(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
