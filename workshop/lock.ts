/** Locks between the processes of this workshop: files with the id of the process that has the lock. */
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { isAlive } from './is-alive.ts';

/** Longer than anything takes under a lock. After that, the id may be that of a new process, as after a restart. */
const LONGEST_MS = 180_000;

let drafts = 0;

/**
 * Takes a lock; false if a process has it, which may be this one. Removes a lock that a killed process has left, so that
 * another attempt gets it. If the folder can't be written, or the file system has no links, every attempt succeeds. (The
 * package proper-lockfile would end the process on Ctrl-C.)
 */
export async function takeLock(file: string): Promise<boolean> {
  const draft = `${file}.${process.pid}.${++drafts}`;
  try {
    await writeFile(draft, String(process.pid));
    await link(draft, file); // fails if the file exists; others never see it empty
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return true;
    if (await isLeft(file)) await removeLeft(file, draft);
    return false;
  } finally {
    await rm(draft, { force: true }).catch(() => {});
  }
}

/** Releases a lock, if this process has it. */
export async function releaseLock(file: string): Promise<void> {
  if ((await ownerOf(file)) === process.pid) await rm(file, { force: true });
}

/** The id of the process that has a lock; undefined if there is none. */
export async function ownerOf(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number(text);
}

/**
 * Removes the file that a killed process has left. Only one process at a time does, and it looks again first: otherwise,
 * the slower of two would remove the file of the one that has the lock by then.
 */
async function removeLeft(file: string, draft: string): Promise<void> {
  const remover = `${file}.remover`;
  try {
    await link(draft, remover);
  } catch {
    if (await isLeft(remover)) await rm(remover, { force: true });
    return;
  }
  if (await isLeft(file)) await rm(file, { force: true });
  await rm(remover, { force: true });
}

/** Whether a file was left by a process that was killed. */
async function isLeft(file: string): Promise<boolean> {
  const [pid, stats] = [await ownerOf(file), await stat(file).catch(() => undefined)];
  return (
    pid !== undefined && stats !== undefined && (!isAlive(pid) || Date.now() - stats.mtimeMs > LONGEST_MS)
  );
}
