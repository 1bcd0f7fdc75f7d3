import { isUtf8 } from 'node:buffer';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join, posix, relative, sep } from 'node:path';

/** The code of a step or of a working copy: path with `/` between names → text. */
export type LessonFiles = ReadonlyMap<string, string>;

/**
 * Reads run.ts and all that is in the folders of services, which are those with a service.json and those of the given
 * names. Files whose name begins with a dot belong to nobody.
 */
export async function readLessonFiles(
  folder: string,
  services: ReadonlySet<string> = new Set(),
): Promise<LessonFiles> {
  const entries = await readdir(folder, { withFileTypes: true });
  const isService = (name: string) => services.has(name) || existsSync(join(folder, name, 'service.json'));
  const folders = entries.filter((entry) => entry.isDirectory() && isService(entry.name));
  const below = await Promise.all(folders.map(({ name }) => pathsBelow(folder, name)));
  const paths = [...(existsSync(join(folder, 'run.ts')) ? ['run.ts'] : []), ...below.flat()].toSorted();

  const texts = await Promise.all(paths.map((path) => readText(join(folder, path))));
  return new Map(paths.map((path, index) => [path, texts[index]!]));
}

/** The folders of services that some files are in. */
export function servicesOf(files: LessonFiles): Set<string> {
  return new Set(
    [...files.keys()].filter((path) => path.includes('/')).map((path) => path.slice(0, path.indexOf('/'))),
  );
}

/** Whether two sets of files say the same; how lines end does not count. */
export function sameFiles(a: LessonFiles, b: LessonFiles): boolean {
  return a.size === b.size && [...a].every(([path, text]) => plain(b.get(path)) === plain(text));
}

/** A text with the line ends that the repository has. */
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

async function pathsBelow(folder: string, name: string): Promise<string[]> {
  const entries = await readdir(join(folder, name), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, posix.sep));
}

/** Reads a file; one that is no text becomes a string too, so that two of them are only equal if their bytes are. */
async function readText(file: string): Promise<string> {
  const bytes = await readFile(file);
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}
