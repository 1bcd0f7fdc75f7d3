import { execFile } from 'node:child_process';
import { UserError } from '../../workshop/errors.ts';
import { projectFolder } from '../../workshop/settings.ts';

/** The standard input of a Git command, and additional environment variables. */
export interface GitOptions {
  input?: string;
  env?: Record<string, string>;
}

/**
 * Runs Git in the project folder and returns its output without the final line feed.
 * @throws UserError if Git is missing or fails, with Git's own message
 */
export function git(words: string[], { input = '', env = {} }: GitOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      'git',
      words,
      { cwd: projectFolder, env: { ...process.env, LC_ALL: 'C', ...env }, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout.replace(/\n$/, ''));
        reject(new UserError(reasonOf(words[0]!, error, stderr)));
      },
    );
    child.stdin!.on('error', () => {}); // Git ended without reading its input; its own message says why
    child.stdin!.end(input);
  });
}

function reasonOf(command: string, error: Error, stderr: string): string {
  if ('code' in error && error.code === 'ENOENT') return 'Git is not installed: see https://git-scm.com.';
  if (stderr.includes('not a git repository'))
    return 'This folder is not a Git repository. Use git clone instead of a downloaded archive.';
  return `git ${command} failed: ${stderr.trim()}`;
}
