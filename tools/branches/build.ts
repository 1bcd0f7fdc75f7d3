import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type LessonFiles,
  plain,
  readLessonFiles,
  programFiles,
  servicesOf,
} from '../../workshop/course/files.ts';
import { listSteps, type Step } from '../../workshop/course/list.ts';
import { UserError } from '../../workshop/errors.ts';
import { projectFolder } from '../../workshop/settings.ts';
import { git } from './git.ts';

/** The branch of a step: its commit applies the step's folder to the previous branch. */
export interface StepBranch {
  /** step-03-propagate-from-the-caller */
  branch: string;
  commit: string;
}

/** The committer of these commits, which distinguishes them from other people's work. */
export const COMMITTER_EMAIL = 'workshop@localhost';

// A fixed identity and date, so that the same folders give the same commits.
const IDENTITY = {
  GIT_AUTHOR_NAME: 'Distributed tracing workshop',
  GIT_AUTHOR_EMAIL: COMMITTER_EMAIL,
  GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'Distributed tracing workshop',
  GIT_COMMITTER_EMAIL: COMMITTER_EMAIL,
  GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
  GIT_CONFIG_COUNT: '1', // the user's encoding would become part of the commit
  GIT_CONFIG_KEY_0: 'i18n.commitEncoding',
  GIT_CONFIG_VALUE_0: 'UTF-8',
};

/** A step with its code. */
type Lesson = Step & { files: LessonFiles };

/**
 * Creates the commits of all steps, each on top of the one before, but no branches yet. A commit's tree is that of HEAD
 * with the top level's run.ts and services replaced by the step's, so that it runs after `git switch`, and two
 * consecutive commits differ only by the lesson. The first commit has no parent, so that the history of main doesn't
 * change the ids. Apart from the step folders, it neither reads nor changes the working tree, the index, or the current
 * branch.
 * @throws UserError if the project isn't a Git repository of its own, or Git is missing
 */
export async function buildBranches(): Promise<StepBranch[]> {
  await requireOwnRepository();
  const steps = await listSteps();
  const lessons = await Promise.all(
    steps.map(async (step) => ({ ...step, files: await readLessonFiles(step.folder) })),
  );
  const folder = await mkdtemp(join(tmpdir(), 'workshop-branches-'));
  try {
    return await buildWith({ GIT_INDEX_FILE: join(folder, 'index') }, lessons);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** An archive may have been unpacked inside the repository of something else, which must not get our branches. */
async function requireOwnRepository(): Promise<void> {
  const top = await git(['rev-parse', '--show-toplevel']);
  if ((await realpath(top)) === (await realpath(projectFolder))) return;
  throw new UserError(
    `The workshop isn't a Git repository of its own: it is inside the one in ${top}, which stays as it is. Clone the workshop, or run git init here and commit the files.`,
  );
}

async function buildWith(index: Record<string, string>, lessons: Lesson[]): Promise<StepBranch[]> {
  const blobs = await writeBlobs(lessons);
  await git(['read-tree', 'HEAD'], { env: index });
  await remove(await topLevelCode(index, lessons), index);
  const branches: StepBranch[] = [];

  for (const { name, title, goal, files } of lessons) {
    const entries = [...files].map(([path, text]) => `100644 ${blobs.get(plain(text)!)}\t${path}\0`);
    await git(['update-index', '-z', '--index-info'], { input: entries.join(''), env: index });
    const tree = await git(['write-tree'], { env: index });
    await remove([...files.keys()], index);

    const parent = branches.at(-1)?.commit;
    const words = ['commit-tree', tree, ...(parent ? ['-p', parent] : [])];
    const commit = await git(words, { input: `${title}\n\n${goal}\n`, env: IDENTITY });
    branches.push({ branch: `step-${name}`, commit });
  }
  return branches;
}

/** Writes every distinct text of the lessons as a Git blob, and returns the blobs' ids. */
async function writeBlobs(lessons: Lesson[]): Promise<Map<string, string>> {
  const texts = new Set(lessons.flatMap(({ files }) => [...files.values()].map((text) => plain(text)!)));
  const blobs = new Map<string, string>();
  for (const text of texts) blobs.set(text, await git(['hash-object', '-w', '--stdin'], { input: text }));
  return blobs;
}

/** The paths in HEAD that belong to a step's code: run.ts and the services of any step. */
async function topLevelCode(index: Record<string, string>, lessons: Lesson[]): Promise<string[]> {
  const paths = (await git(['ls-files', '-z'], { env: index })).split('\0').filter(Boolean);
  const places = new Set([...programFiles, ...lessons.flatMap(({ files }) => [...servicesOf(files)])]);
  for (const path of paths) {
    const [folder, file, ...more] = path.split('/');
    if (file === 'service.json' && more.length === 0) places.add(folder!);
  }
  return paths.filter((path) => places.has(path.split('/')[0]!));
}

async function remove(paths: string[], index: Record<string, string>): Promise<void> {
  await git(['update-index', '--force-remove', '-z', '--stdin'], {
    input: paths.map((path) => `${path}\0`).join(''),
    env: index,
  });
}
