import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Subject } from '../support/process.ts';

const TICKS_PER_SECOND = 100; // of Linux, on every processor that Node.js supports
const FIELDS = { userTicks: 11, systemTicks: 12 }; // proc(5): fields 14 and 15, counted from the one after the name

/** The processor time that some processes have used so far, in seconds. Only Linux says so. */
export async function cpuSeconds(processes: Subject[]): Promise<number> {
  const each = processes.map(async ({ child }) => {
    const text = await readFile(`/proc/${child.pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[FIELDS.userTicks]) + Number(fields[FIELDS.systemTicks])) / TICKS_PER_SECOND;
  });
  return (await Promise.all(each)).reduce((sum, seconds) => sum + seconds, 0);
}

/** The size in bytes of all files below a folder whose path matches. */
export async function bytesBelow(folder: string, pattern: RegExp): Promise<number> {
  const paths = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(
    paths.filter((path) => pattern.test(path)).map(async (path) => (await stat(join(folder, path))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
