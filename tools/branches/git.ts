import { execFile } from 'node:child_process';
import { UserError } from '../../workshop/errors.ts';
import { projectFolder } from '../../workshop/settings.ts';

/** What a git command reads on standard input, and variables for it alone. */
export interface GitOptions {
  input?: string;
  env?: Record<string, string>;
}

/**
 * Runs git in the project's folder and gives what it prints, without the line feed at the end.
 * @throws UserError when git is missing or refuses, with git's own words
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
    child.stdin!.on('error', () => {}); // git ended without reading: its own message says why
    child.stdin!.end(input);
  });
}

function reasonOf(command: string, error: Error, stderr: string): string {
  if ('code' in error && error.code === 'ENOENT') return 'git is not installed: see https://git-scm.com.';
  if (stderr.includes('not a git repository'))
    return 'This folder is no git repository: git clone gives one, a downloaded archive does not.';
  return `git ${command} failed: ${stderr.trim()}`;
}
