import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LessonFiles, plain, readLessonFiles, servicesOf } from '../../workshop/course/files.ts';
import { listSteps, type Step } from '../../workshop/course/list.ts';
import { git } from './git.ts';

/** A branch that shows a step: its commit is what the step's folder makes of the branch before. */
export interface StepBranch {
  /** step-03-propagate-from-the-caller */
  branch: string;
  commit: string;
}

/** Who has made these commits; others are somebody's own work. */
export const COMMITTER_EMAIL = 'workshop@localhost';

// Whoever makes the branches, and whenever: the same folders give the same commits.
const SOMEBODY = {
  GIT_AUTHOR_NAME: 'Distributed tracing workshop',
  GIT_AUTHOR_EMAIL: COMMITTER_EMAIL,
  GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'Distributed tracing workshop',
  GIT_COMMITTER_EMAIL: COMMITTER_EMAIL,
  GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
  GIT_CONFIG_COUNT: '1', // an encoding of the user's own would stand in the commit
  GIT_CONFIG_KEY_0: 'i18n.commitEncoding',
  GIT_CONFIG_VALUE_0: 'UTF-8',
};

/** A step with its code. */
type Lesson = Step & { files: LessonFiles };

/**
 * Makes the commits of all steps, each on top of the one before, without a branch yet. A commit's tree is that of HEAD
 * with the top level's run.ts and services replaced by the step's, so that it runs after `git switch`; between two of
 * them lies the lesson alone. The first has no parent, so that main's history does not change their ids. The branch
 * that is checked out, the index and the files are neither read nor touched, but for the step folders.
 * @throws UserError when this is no git repository, or git is missing
 */
export async function buildBranches(): Promise<StepBranch[]> {
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
    const commit = await git(words, { input: `${title}\n\n${goal}\n`, env: SOMEBODY });
    branches.push({ branch: `step-${name}`, commit });
  }
  return branches;
}

/** Writes every text of the lessons into git's store, each once, and gives its id. */
async function writeBlobs(lessons: Lesson[]): Promise<Map<string, string>> {
  const texts = new Set(lessons.flatMap(({ files }) => [...files.values()].map((text) => plain(text)!)));
  const blobs = new Map<string, string>();
  for (const text of texts) blobs.set(text, await git(['hash-object', '-w', '--stdin'], { input: text }));
  return blobs;
}

/** What HEAD has where the steps put their code: run.ts and the services, of whichever step. */
async function topLevelCode(index: Record<string, string>, lessons: Lesson[]): Promise<string[]> {
  const paths = (await git(['ls-files', '-z'], { env: index })).split('\0').filter(Boolean);
  const places = new Set(['run.ts', ...lessons.flatMap(({ files }) => [...servicesOf(files)])]);
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
