/** npm run branches: a git branch for each step, made from the folders. */
import { buildBranches } from '../../tools/branches/build.ts';
import { compareBranches, type Differences, updateBranches } from '../../tools/branches/present.ts';
import { main, readCommandLine } from '../command-line/main.ts';
import { UserError } from '../errors.ts';

const help = `
npm run branches               makes or updates a local branch for each step: step-01-start-the-services, …
npm run branches -- --check    changes nothing; exit code 1 if a branch differs from its folder

Then git switch step-04-…, git diff step-03-… step-04-… and git log -p step-10-… tell the story. Each is a commit on
top of the one before, made from steps/ and the rest of HEAD. The branch that is checked out, the index and your
files are not touched, and a branch with commits of yours stays as it is.
`;

await main(async () => {
  const { values } = readCommandLine({ help, options: { check: { type: 'boolean' } } });
  const branches = await buildBranches();
  const differences = await compareBranches(branches);

  if (values.check) {
    const sentences = tell(differences);
    for (const sentence of sentences) console.log(sentence);
    if (sentences.length > 0) throw new UserError('npm run branches brings them up to date.');
    console.log(`${branches.length} branches are as their folders.`);
    return;
  }

  refuseWhatIsInUse(differences);
  await updateBranches(branches, differences.orphaned);
  for (const { branch, commit } of branches) console.log(`${commit.slice(0, 10)}  ${branch}`);
  for (const { branch } of differences.orphaned) console.log(`removed     ${branch}, which has no folder`);
});

function tell({ missing, changed, orphaned }: Differences): string[] {
  return [
    ...missing.map(({ branch }) => `${branch} does not exist`),
    ...changed.map(({ branch }) => `${branch} differs from its folder`),
    ...orphaned.map(({ branch }) => `${branch} has no folder`),
  ];
}

/** Throws UserError for a branch that cannot change without harm. */
function refuseWhatIsInUse({ changed, orphaned }: Differences): void {
  for (const { branch, isMade, worktree } of [...changed, ...orphaned]) {
    if (!isMade)
      throw new UserError(`${branch} has commits of yours: git branch -m ${branch} another-name keeps them.`);
    if (worktree)
      throw new UserError(
        `${branch} is checked out in ${worktree} and would change: git switch to another branch there first.`,
      );
  }
}
