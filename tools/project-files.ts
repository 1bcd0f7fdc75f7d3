import { readdir, readFile } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import { projectFolder } from '../workshop/settings.ts';

/** What isn't part of the project: Git's data, what the commands write, and installed packages. */
const NOT_OURS = new Set(['.git', '.workshop', 'node_modules']);

/** The entries of the project's folder that belong to it, by name. */
export async function projectEntries(): Promise<string[]> {
  return (await readdir(projectFolder)).filter((name) => !NOT_OURS.has(name)).toSorted();
}

/** Every file and folder of the project, as paths from its folder with `/` between names. */
export async function projectPaths(): Promise<string[]> {
  const paths = await projectEntries();
  const inner = await Promise.all(
    paths.map((name) =>
      readdir(join(projectFolder, name), { recursive: true, withFileTypes: true }).catch(() => []),
    ),
  );
  const below = inner.flat().map((entry) => relative(projectFolder, join(entry.parentPath, entry.name)));
  return [...paths, ...below.map((path) => path.replaceAll(sep, posix.sep))];
}

/** The text of a file of the project, given as such a path. */
export function readProjectFile(path: string): Promise<string> {
  return readFile(join(projectFolder, path), 'utf8');
}
