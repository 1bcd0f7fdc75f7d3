import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { stateFolder } from '../settings.ts';
import type { Part } from './part.ts';

/** Where `npm run parts NAME` puts what it fetches. */
export const fetchedFolder = join(stateFolder, 'parts');

/**
 * Finds the folder with the programs of a part: where systems keep them, on the PATH, or fetched; undefined if they are
 * not installed.
 */
export function binariesOf(part: Part): string | undefined {
  const folders = [...part.places.flatMap(matching), ...pathFolders(), ...fetchedBinaries(part)];
  return folders.find((folder) => part.programs.every((names) => programIn(folder, names)));
}

/** The path of a program in a folder, by the first of its names that exists; undefined if there is none. */
export function programIn(folder: string, names: string | readonly string[]): string | undefined {
  const name = [names].flat().find((one) => isProgram(folder, one));
  return name && join(folder, name);
}

/** Whether the workshop can start an installed part on this system. */
export function isStartable({ startsOn, requires = [] }: Part): boolean {
  const isOnPath = (name: string) => pathFolders().some((folder) => isProgram(folder, name));
  return startsOn.includes(process.platform) && requires.every(isOnPath);
}

/** The npm package that holds the programs for this platform; undefined if there is none. Sizes in MB. */
export function packageOf({ fetchable }: Part) {
  const found = fetchable?.packages[`${process.platform}-${process.arch}`];
  return found && { ...found, version: fetchable!.version };
}

function fetchedBinaries(part: Part): string[] {
  const found = packageOf(part);
  return found ? [join(fetchedFolder, 'node_modules', found.name, part.fetchable!.binaries)] : [];
}

function pathFolders(): string[] {
  return (process.env.PATH ?? '').split(delimiter).filter(Boolean);
}

/** The folders that match a path with at most one `*`, the highest version first. */
function matching(place: string): string[] {
  const [, parent, before, after, rest] = /^(.*[\\/])([^\\/]*)\*([^\\/]*)(.*)$/.exec(place) ?? [];
  if (parent === undefined) return [place];
  const names = existsSync(parent) ? readdirSync(parent) : [];
  return names
    .filter((name) => name.startsWith(before!) && name.endsWith(after!))
    .toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((name) => `${parent}${name}${rest}`);
}

function isProgram(folder: string, name: string): boolean {
  const extensions = process.platform === 'win32' ? ['.exe', '.bat'] : [''];
  return extensions.some((extension) => {
    try {
      accessSync(join(folder, name + extension), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
