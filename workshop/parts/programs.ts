import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { stateFolder } from '../settings.ts';
import type { Part } from './part.ts';

/** Where `npm run parts NAME` puts what it fetches. */
export const fetchedFolder = join(stateFolder, 'parts');

/** Where the programs of a part are: the folder, and whether it was fetched; undefined if they are not installed. */
export interface Programs {
  binaries: string;
  isFetched: boolean;
}

/** Finds the programs of a part: where systems keep them, on the PATH, or fetched. */
export function programsOf(part: Part): Programs | undefined {
  const fetched = fetchedBinaries(part);
  const folders = [...part.places.flatMap(matching), ...pathFolders(), ...(fetched ? [fetched] : [])];
  const binaries = folders.find((folder) => part.programs.every((name) => isProgram(folder, name)));
  return binaries === undefined ? undefined : { binaries, isFetched: binaries === fetched };
}

/** Whether the workshop can start an installed part. */
export function isStartable({ requires = [] }: Part): boolean {
  return requires.every((name) => pathFolders().some((folder) => isProgram(folder, name)));
}

/** The npm package that holds the programs for this platform; undefined if there is none. Sizes in MB. */
export function packageOf({ fetchable }: Part) {
  const found = fetchable?.packages[`${process.platform}-${process.arch}`];
  return found && { ...found, version: fetchable!.version };
}

/** Where the programs are once they are fetched; undefined if they can't be. */
function fetchedBinaries(part: Part): string | undefined {
  const found = packageOf(part);
  return found && join(fetchedFolder, 'node_modules', found.name, part.fetchable!.binaries);
}

function pathFolders(): string[] {
  return (process.env.PATH ?? '').split(delimiter).filter(Boolean);
}

/** The folders that a path with at most one `*` names, those with the highest version first. */
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
  const endings = process.platform === 'win32' ? ['.exe', '.bat'] : [''];
  return endings.some((ending) => {
    try {
      accessSync(join(folder, name + ending), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
