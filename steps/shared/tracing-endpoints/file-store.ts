import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ifExists } from './if-exists.ts';
import { watchFolders } from './watch-folders.ts';
import type { Bag, RelationStore, Role, Watch } from './store.ts';

/**
 * Keeps relations in files, for applications that are separate processes: a folder per relation, and in it a file per
 * bag, `provider.json` and `requirer.json`, each a JSON object of strings.
 */
export class FileStore implements RelationStore {
  readonly #folder: string;
  readonly #complete = new Map<string, Bag>();

  /** Creates the folder if it doesn't exist. */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  ids(): string[] {
    const entries = ifExists(() => readdirSync(this.#folder, { withFileTypes: true })) ?? [];
    return entries.flatMap((entry) => (entry.isDirectory() ? entry.name : [])).toSorted();
  }

  add(id: string): void {
    mkdirSync(join(this.#folder, id), { recursive: true });
  }

  /** Moves the folder away before it deletes the files, so that both bags disappear at the same time. */
  remove(id: string): void {
    const trash = mkdtempSync(join(this.#folder, '.removed-'));
    ifExists(() => renameSync(join(this.#folder, id), join(trash, id)));
    rmSync(trash, { recursive: true });
  }

  /** While a file is half-written, returns the bag that was in it before. */
  read(id: string, role: Role): Bag | undefined {
    const file = this.#file(id, role);
    const text = ifExists(() => readFileSync(file, 'utf8'));
    const bag = text === undefined ? undefined : parseBag(text);
    if (bag) this.#complete.set(file, bag);
    else if (text === undefined) this.#complete.delete(file);
    return this.#complete.get(file);
  }

  /** Writes a temporary file and renames it, so that a reader sees either the old bag or the new one, never a mixture. */
  write(id: string, role: Role, bag: Bag): void {
    const file = this.#file(id, role);
    const temporary = `${file}.${process.pid}.tmp`;
    ifExists(() => {
      writeFileSync(temporary, `${JSON.stringify(bag, null, 2)}\n`);
      renameSync(temporary, file);
    });
  }

  watch(listener: () => void): Watch {
    return watchFolders(this.#folder, listener);
  }

  #file(id: string, role: Role): string {
    return join(this.#folder, id, `${role}.json`);
  }
}

/** Returns undefined for text that is not a JSON object of strings. */
function parseBag(text: string): Bag | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return Object.values(value).every((item) => typeof item === 'string') ? (value as Bag) : undefined;
  } catch {
    return undefined;
  }
}
