import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { messageOf, UserError } from '../errors.ts';
import { projectFolder, stateFolder } from '../settings.ts';
import { changesBetween } from './changes.ts';
import { copyFiles, type LessonFiles, plain, readLessonFiles, sameFiles, servicesOf } from './files.ts';
import { listSteps, type Step } from './list.ts';
import { rememberedStep } from './remembered.ts';

/** Which step the working copy holds. */
export interface Position {
  /** The step that it equals, or the nearest one. */
  step: Step;
  /** Whether it equals that step. */
  exact: boolean;
}

/** Work of the user's own that is kept. */
export interface SavedWork {
  folder: string;
  files: LessonFiles;
  /** The name of the step that had been reached with it; empty if that is not known. */
  step: string;
}

const savedFolder = join(stateFolder, 'saved');

/** Holds the name of the step beside the files of a saved work. With the dot it is none of them. */
const STEP_FILE = '.step';

/**
 * The journal: a change of the working copy that is under way, as the files `before` and `after` it, and the id of the
 * process that is its `owner`. While this folder is there, the change is to be finished: by its owner, or if that has
 * died by whoever comes next. It appears and goes by a single rename.
 */
const journal = join(stateFolder, 'change');

/**
 * Reads the working copy. A change of it that was interrupted is finished first, which stderr says.
 * @throws UserError when another process is changing it, or such a change cannot be finished
 */
export async function readWorkingCopy(): Promise<LessonFiles> {
  const owner = await ownerOfChange();
  if (owner !== undefined) {
    if (owner !== process.pid && isAlive(owner)) throw anotherIsAtIt();
    const saved = await saveWhatCameSince();
    await finishChange();
    const also = saved ? `; what you changed since then is in ${shown(saved)}` : '';
    console.error(`An interrupted change of the working copy was finished${also}.`);
  }
  return readFiles();
}

/** Finds out which step the working copy holds: the one that it equals, or the one with the fewest lines between. */
export async function positionOf(files: LessonFiles): Promise<Position> {
  const candidates = await Promise.all(
    (await listSteps()).map(async (step) => {
      const changes = changesBetween(await readLessonFiles(step.folder), files);
      return { step, distance: changes.reduce((lines, { added, removed }) => lines + added + removed, 0) };
    }),
  );
  const nearest = candidates.toSorted((a, b) => a.distance - b.distance)[0]!;
  return { step: nearest.step, exact: sameFiles(files, await readLessonFiles(nearest.step.folder)) };
}

/**
 * Puts some files of a folder into the working copy in place of those that are there. What is there and no step has is
 * saved first. Gives the folder that it was saved in.
 * @throws UserError when something cannot be written, or another process is at it
 */
export async function putIntoWorkingCopy(folder: string, files: LessonFiles): Promise<string | undefined> {
  const before = await readWorkingCopy();
  const saved = await saveIfOwn(before);

  const draft = `${journal}.${process.pid}`;
  await rm(draft, { recursive: true, force: true }); // of a process that died and had the same id
  await mkdir(join(draft, 'before'), { recursive: true });
  await mkdir(join(draft, 'after'));
  await writeFile(join(draft, 'owner'), String(process.pid));
  try {
    await copyFiles(folder, join(draft, 'after'), files.keys());
    await copyFiles(projectFolder, join(draft, 'before'), before.keys());
    await rename(draft, journal);
  } catch (error) {
    await rm(draft, { recursive: true });
    throw isOfAnother(error) || (await ownerOfChange()) !== undefined ? anotherIsAtIt() : error;
  }
  // Only now nobody else can begin: what came between reading and this moment would be lost.
  if (!sameFiles(await readFiles(), before)) {
    await forgetChange();
    throw anotherIsAtIt();
  }
  await finishChange();
  return saved;
}

/** All saved work, oldest first. */
export async function savedWork(): Promise<SavedWork[]> {
  if (!existsSync(savedFolder)) return [];
  // What was interrupted while it was saved has another name, and is still where it was saved from.
  const names = (await readdir(savedFolder)).filter((name) => /^[\dT-]+$/.test(name)).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const folder = join(savedFolder, name);
      const step = await readFile(join(folder, STEP_FILE), 'utf8').catch(() => '');
      return { folder, files: await readAll(folder), step };
    }),
  );
}

/** A path as the user would write it. */
export function shown(folder: string): string {
  return relative(projectFolder, folder);
}

/** The files of the working copy. The folder of a service stays one when its service.json is lost. */
async function readFiles(): Promise<LessonFiles> {
  const steps = await Promise.all((await listSteps()).map(({ folder }) => readLessonFiles(folder)));
  const services = new Set(steps.flatMap((files) => [...servicesOf(files)]));
  return orAnother(readLessonFiles(projectFolder, services));
}

/** Everything in a folder that holds nothing but files of a working copy. */
async function readAll(folder: string): Promise<LessonFiles> {
  return readLessonFiles(folder, new Set(await readdir(folder)));
}

/** Does what the journal says, and forgets it. Each part can be done again, so it may be interrupted anywhere. */
async function finishChange(): Promise<void> {
  const [before, after] = [await readAll(join(journal, 'before')), await readAll(join(journal, 'after'))];
  for (const path of after.keys()) {
    const target = join(projectFolder, path);
    const beside = join(dirname(target), `.${basename(target)}.new`);
    await orSay(path, async () => {
      await mkdir(dirname(target), { recursive: true });
      await copyFile(join(journal, 'after', path), beside);
      await rename(beside, target);
    });
  }
  for (const path of before.keys()) {
    if (after.has(path)) continue;
    await orSay(path, () => rm(join(projectFolder, path), { force: true }));
    await removeEmptyAbove(join(projectFolder, path));
  }
  await forgetChange();
}

async function forgetChange(): Promise<void> {
  const done = `${journal}.${process.pid}`;
  await orAnother(rename(journal, done)); // two may finish what a third has begun
  await rm(done, { recursive: true });
}

/** The process that changes the working copy; undefined if none does. */
async function ownerOfChange(): Promise<number | undefined> {
  try {
    return Number(await readFile(join(journal, 'owner'), 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0); // signal 0 only asks
  } catch {
    return false;
  }
}

/** Gives what some work gives, and says in one sentence where somebody else's change stopped it. */
function orAnother<T>(work: Promise<T>): Promise<T> {
  return work.catch((error) => {
    throw isOfAnother(error) ? anotherIsAtIt() : error;
  });
}

/**
 * Whether an error of the file system comes of somebody else's change, even if that is over by now: a file that was
 * seen is gone, or a journal is where none was.
 */
function isOfAnother(error: unknown): boolean {
  return ['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function anotherIsAtIt(): UserError {
  return new UserError('Something else is changing the working copy at this moment: try again.');
}

/** Saves the working copy if it has anything that neither side of the change has: somebody typed on meanwhile. */
async function saveWhatCameSince(): Promise<string | undefined> {
  const [before, after] = [await readAll(join(journal, 'before')), await readAll(join(journal, 'after'))];
  const now = await readFiles();
  const isNew = ([path, text]: [string, string]) =>
    [before, after].every((files) => plain(files.get(path)) !== plain(text));
  return [...now].some(isNew) ? save(now) : undefined;
}

async function saveIfOwn(files: LessonFiles): Promise<string | undefined> {
  for (const { folder } of await listSteps()) {
    if (sameFiles(files, await readLessonFiles(folder))) return undefined;
  }
  return files.size === 0 ? undefined : save(files);
}

/** Keeps a copy as the newest saved work; what is saved already becomes the newest. */
async function save(files: LessonFiles): Promise<string> {
  const earlier = (await savedWork()).find((work) => sameFiles(work.files, files));
  const time = new Date().toISOString().replaceAll(':', '-').replace(/\..*/, '');
  let folder = join(savedFolder, time);
  for (let number = 2; existsSync(folder); number++) folder = join(savedFolder, `${time}-${number}`);

  const draft = earlier?.folder ?? `${folder}.${process.pid}.new`;
  if (!earlier) await orAnother(copyFiles(projectFolder, draft, files.keys()));
  await orAnother(writeFile(join(draft, STEP_FILE), await rememberedStep()));
  await orAnother(rename(draft, folder)); // saved whole or not at all
  return folder;
}

/** Says which file stands in the way of a change, which stays in the journal until it can be finished. */
async function orSay(path: string, change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    throw new UserError(
      `${path} could not be changed (${messageOf(error)}): put out of the way what holds it, then npm run step finishes.`,
    );
  }
}

/** Removes the folders above a path that have become empty. */
async function removeEmptyAbove(path: string): Promise<void> {
  for (let folder = dirname(path); folder !== projectFolder; folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return; // something of the user's own is in it, and stays
    }
  }
}
