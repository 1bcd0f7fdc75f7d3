import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

/** A file that the page can show. */
export interface LinkedFile {
  type: string;
  bytes: Buffer;
}

const imageTypes: Record<string, string> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

/**
 * A file that a README links to, as plain text unless it is an image. Undefined if there is none, and for what no README
 * links to: hidden files, packages, and everything that is outside of the folder.
 */
export async function readLinkedFile(root: string, path: string): Promise<LinkedFile | undefined> {
  if (path.split(/[\\/]/).some((name) => name.startsWith('.') || name === 'node_modules')) return undefined;
  try {
    const [folder, file] = await Promise.all([realpath(root), realpath(join(root, path))]);
    if (!file.startsWith(folder + sep)) return undefined;
    const type = imageTypes[extname(file)] ?? 'text/plain; charset=utf-8';
    return { type, bytes: await readFile(file) };
  } catch {
    return undefined; // there is no such file, or it is a folder
  }
}
