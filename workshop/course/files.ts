import { isUtf8 } from 'node:buffer';
import { existsSync, statSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { monitoringFolder } from '../settings.ts';

/** The programs of a step, and what they import. */
export const programFiles = ['run.ts', 'compare.ts', 'load.ts', 'percentiles.ts', 'move.ts', 'balance.ts'];

/** The folders of a step that belong to no service: the settings of parts, and programs of several files. */
export const otherFolders = new Set([monitoringFolder, 'chatbot']);

/** The code of a step or of a working copy: path (with `/`) → text. */
export type LessonFiles = ReadonlyMap<string, string>;

/**
 * Reads the programs, the settings of parts, and all files in the service folders: those with a service.json and those with
 * the given names. Follows links. Ignores files and folders whose name begins with a dot.
 */
export async function readLessonFiles(
  folder: string,
  services: ReadonlySet<string> = new Set(),
): Promise<LessonFiles> {
  const isLesson = (name: string) =>
    otherFolders.has(name) || services.has(name) || existsSync(join(folder, name, 'service.json'));
  const folders = (await readdir(folder)).filter(
    (name) => isLesson(name) && kindOf(join(folder, name)) === 'folder',
  );
  const below = await Promise.all(folders.map((name) => pathsBelow(folder, name)));
  const paths = [
    ...programFiles.filter((name) => kindOf(join(folder, name)) === 'file'),
    ...below.flat(),
  ].toSorted();

  const texts = await Promise.all(paths.map((path) => readText(join(folder, path))));
  return new Map(paths.map((path, index) => [path, texts[index]!]));
}

/** The names of the service folders that some files are in. */
export function servicesOf(files: LessonFiles): Set<string> {
  return new Set(
    [...files.keys()].filter((path) => path.includes('/')).map((path) => path.slice(0, path.indexOf('/'))),
  );
}

/** Whether two sets of files have the same paths and texts; line endings are ignored. */
export function sameFiles(a: LessonFiles, b: LessonFiles): boolean {
  return a.size === b.size && [...a].every(([path, text]) => plain(b.get(path)) === plain(text));
}

/** Whether a step continues the system of the step before: it still has all of its services. */
export function isSameSystem(before: LessonFiles, after: LessonFiles): boolean {
  const services = servicesOf(after);
  return [...servicesOf(before)].every((name) => services.has(name));
}

/** A text with the line endings of the repository. */
export function plain(text: string | undefined): string | undefined {
  return text?.replaceAll('\r\n', '\n');
}

/** Copies files byte for byte from one folder to another. */
export async function copyFiles(from: string, to: string, paths: Iterable<string>): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await copyFile(join(from, path), join(to, path));
  }
}

/** The paths of all files below `folder/path`. Links to a folder in `above`, the real folders on the way, are ignored. */
async function pathsBelow(folder: string, path: string, above: string[] = []): Promise<string[]> {
  const real = await realpath(join(folder, path));
  if (above.includes(real)) return [];
  const names = (await readdir(real)).filter((name) => !name.startsWith('.'));
  const found = await Promise.all(
    names.map(async (name) => {
      const inner = posix.join(path, name);
      const kind = kindOf(join(folder, inner));
      if (kind === 'folder') return pathsBelow(folder, inner, [...above, real]);
      return kind === 'file' ? [inner] : [];
    }),
  );
  return found.flat();
}

/** What is at a path. Undefined for a broken link, and for anything that is neither a file nor a folder. */
function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    const stats = statSync(path);
    if (stats.isFile()) return 'file';
    return stats.isDirectory() ? 'folder' : undefined;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return undefined;
    throw error;
  }
}

/** Reads a file. The strings of two files that aren't valid UTF-8 are equal only if their bytes are. */
async function readText(file: string): Promise<string> {
  const bytes = await readFile(file);
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}
