import { copyFile, lstat, mkdir, readFile, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { messageOf, UserError } from '../errors.ts';
import { isAlive } from '../is-alive.ts';
import type { Course } from './course.ts';
import { copyFiles, type LessonFiles, plain, readLessonFiles, sameFiles, servicesOf } from './files.ts';
import { listSteps, startOf } from './list.ts';
import { listSavedWork, readAllFiles, saveWork } from './saved-work.ts';

/**
 * The journal is a folder that exists while a change to the working copy is in progress. It contains the files `after` the
 * change and the process id of its `owner`. As long as it exists, the change must be finished: by its owner or, if that
 * process has died, by the next command. A single rename creates it, and another one removes it.
 */
const journalOf = ({ state }: Course) => join(state, 'change');

/**
 * Reads the working copy. If a change to it was interrupted, finishes the change first and says so on stderr.
 * @throws UserError if another process is changing the working copy, or the interrupted change can't be finished
 */
export async function readWorkingCopy(course: Course): Promise<LessonFiles> {
  return orConcurrentChange(async () => {
    const owner = await ownerOfChange(course);
    if (owner !== undefined) {
      if (owner !== process.pid && isAlive(owner)) throw concurrentChangeError();
      const now = await readFiles(course);
      const saved = (await hasUnsavedText(now, course)) ? await saveWork(now, course) : undefined;
      await finishChange(course);
      const also = saved ? `; your changes since then are saved in ${relative(course.root, saved)}` : '';
      console.error(`An interrupted change to the working copy was finished${also}.`);
    }
    return readFiles(course);
  });
}

/**
 * Replaces the working copy with the files of a folder. If the working copy doesn't equal a step, it is saved first. A
 * service folder or file that is a link is replaced by a real one; the target of the link isn't changed. Returns the
 * folder in which the work was saved.
 * @throws UserError if a file can't be written, or another process is changing the working copy
 */
export async function replaceWorkingCopy(
  { folder, files }: { folder: string; files: LessonFiles },
  course: Course,
): Promise<string | undefined> {
  const before = await readWorkingCopy(course);
  return orConcurrentChange(async () => {
    const saved = (await isOwnWork(before, course)) ? await saveWork(before, course) : undefined;
    await beginChange(folder, files, course);
    // From now on, no other process can begin. A change made after the working copy was read must not be lost.
    if (!sameFiles(await readFiles(course), before)) {
      await endChange(course);
      throw concurrentChangeError();
    }
    await finishChange(course);
    return saved;
  });
}

/**
 * Saves the working copy. Returns the folder in which it was saved; undefined if it equals a step, and so isn't lost anyway.
 * @throws UserError if another process is changing the working copy
 */
export async function saveWorkingCopy(course: Course): Promise<string | undefined> {
  const files = await readWorkingCopy(course);
  return (await isOwnWork(files, course)) ? saveWork(files, course) : undefined;
}

/** The files of the working copy. A folder with the name of a service is read even if its service.json is missing. */
async function readFiles(course: Course): Promise<LessonFiles> {
  const services = (await filesOfSteps(course)).flatMap((files) => [...servicesOf(files)]);
  return readLessonFiles(course.root, new Set(services));
}

/** Whether some files don't equal a step. */
async function isOwnWork(files: LessonFiles, course: Course): Promise<boolean> {
  return files.size > 0 && !(await filesOfSteps(course)).some((step) => sameFiles(files, step));
}

/** Whether a text is neither in a step nor in saved work, because it was changed after the interruption. */
async function hasUnsavedText(files: LessonFiles, course: Course): Promise<boolean> {
  const saved = (await listSavedWork(course)).map((work) => work.files);
  const known = [...(await filesOfSteps(course)), ...saved];
  return [...files].some(([path, text]) => known.every((one) => plain(one.get(path)) !== plain(text)));
}

/** The files of all steps, and of what some of them begin with. */
export async function filesOfSteps(course: Course): Promise<LessonFiles[]> {
  const folders = (await listSteps(course)).flatMap((step) => [step.folder, startOf(step)]);
  return Promise.all(
    folders.filter((folder) => folder !== undefined).map((folder) => readLessonFiles(folder)),
  );
}

async function beginChange(folder: string, files: LessonFiles, course: Course): Promise<void> {
  const draft = `${journalOf(course)}.${process.pid}`;
  await rm(draft, { recursive: true, force: true }); // from a process with the same id that died
  await mkdir(join(draft, 'after'), { recursive: true });
  await copyFiles(folder, join(draft, 'after'), files.keys());
  await writeFile(join(draft, 'owner'), String(process.pid));
  try {
    await rename(draft, journalOf(course));
  } catch (error) {
    await rm(draft, { recursive: true });
    throw (await ownerOfChange(course)) === undefined ? error : concurrentChangeError();
  }
}

/** Finishes the change in the journal, and removes the journal. Each part can be repeated after an interruption. */
async function finishChange(course: Course): Promise<void> {
  const { root } = course;
  const source = join(journalOf(course), 'after');
  const after = await readAllFiles(source);
  const gone = [...(await readFiles(course)).keys()].filter((path) => !after.has(path));

  for (const path of [...after.keys(), ...gone]) await changeFile(path, () => removeLinksAbove(path, root));
  for (const path of after.keys()) {
    const target = join(root, path);
    const beside = join(dirname(target), `.${basename(target)}.new`);
    await changeFile(path, async () => {
      await mkdir(dirname(target), { recursive: true });
      await copyFile(join(source, path), beside);
      await rename(beside, target);
    });
  }
  for (const path of gone) {
    await changeFile(path, () => rm(join(root, path), { force: true }));
    await removeEmptyFoldersAbove(path, root);
  }
  await endChange(course);
}

async function endChange(course: Course): Promise<void> {
  const done = `${journalOf(course)}.${process.pid}`;
  await rename(journalOf(course), done);
  await rm(done, { recursive: true });
}

/** The id of the process that is changing the working copy, or that died during the change; undefined if there is none. */
async function ownerOfChange(course: Course): Promise<number | undefined> {
  try {
    return Number(await readFile(join(journalOf(course), 'owner'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Runs some work. A file that has suddenly appeared or disappeared means that another process is changing the files. */
async function orConcurrentChange<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw ['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(code) ? concurrentChangeError() : error;
  }
}

function concurrentChangeError(): UserError {
  return new UserError('Another process is changing the working copy: try again.');
}

/** Changes a file. If that fails, the error names the file; the journal keeps the change until it can be finished. */
async function changeFile(path: string, change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    throw new UserError(
      `${path} could not be changed (${messageOf(error)}): remove what blocks it, then run npm run step to finish.`,
    );
  }
}

/** The folders above a path, the outermost first. */
function foldersAbove(path: string, root: string): string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => join(root, ...names.slice(0, index + 1)));
}

/** Removes each folder above a path that is a link, because a change through the link would change its target. */
async function removeLinksAbove(path: string, root: string): Promise<void> {
  for (const folder of foldersAbove(path, root)) {
    const stats = await lstat(folder).catch(() => undefined);
    if (stats?.isSymbolicLink()) await unlink(folder);
  }
}

/** Removes the folders above a path that have become empty. */
async function removeEmptyFoldersAbove(path: string, root: string): Promise<void> {
  for (const folder of foldersAbove(path, root).toReversed()) {
    try {
      await rmdir(folder);
    } catch {
      return; // it contains other files of the attendee
    }
  }
}
