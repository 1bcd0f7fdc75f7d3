import { COMMITTER_EMAIL, type StepBranch } from './build.ts';
import { git } from './git.ts';

/** An existing branch with the name of a step. */
export interface PresentBranch extends StepBranch {
  /** Whether its last commit was generated from a step folder; otherwise it is someone's own work. */
  isGenerated: boolean;
  /** The worktree in which it is checked out; empty if it isn't. */
  worktree: string;
}

/** The differences that an update resolves; `branch` and `commit` are those before it. */
export interface Differences {
  missing: StepBranch[];
  /** The commit differs from the folder's. */
  changed: PresentBranch[];
  /** Generated from a folder that no longer exists. */
  orphaned: PresentBranch[];
}

/** Compares the existing branches with those of the step folders. */
export async function compareBranches(wanted: StepBranch[]): Promise<Differences> {
  const present = await presentBranches();
  const names = new Set(wanted.map(({ branch }) => branch));
  const commits = new Set(wanted.map(({ branch, commit }) => `${branch} ${commit}`));
  return {
    missing: wanted.filter(({ branch }) => !present.some((other) => other.branch === branch)),
    changed: present.filter(({ branch, commit }) => names.has(branch) && !commits.has(`${branch} ${commit}`)),
    orphaned: present.filter(({ branch, isGenerated }) => isGenerated && !names.has(branch)),
  };
}

/** Creates, moves, and deletes branches in one transaction, which fails if one has changed meanwhile. */
export async function updateBranches(wanted: StepBranch[], orphaned: StepBranch[]): Promise<void> {
  const orders = [
    ...wanted.map(({ branch, commit }) => `update refs/heads/${branch} ${commit}`),
    ...orphaned.map(({ branch, commit }) => `delete refs/heads/${branch} ${commit}`),
  ];
  await git(['update-ref', '--stdin'], { input: orders.map((order) => `${order}\n`).join('') });
}

async function presentBranches(): Promise<PresentBranch[]> {
  const format = '%(refname:lstrip=2)%00%(objectname)%00%(committeremail)%00%(worktreepath)';
  const lines = await git(['for-each-ref', `--format=${format}`, 'refs/heads/step-*']);
  return lines
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [branch = '', commit = '', email, worktree = ''] = line.split('\0');
      return { branch, commit, isGenerated: email === `<${COMMITTER_EMAIL}>`, worktree };
    });
}
