import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A text that changes when a file in a folder is changed, added, or deleted. */
export function filesIn(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      const { size, mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? {};
      return `${file} ${size} ${mtimeMs}`;
    })
    .toSorted()
    .join('\n');
}
