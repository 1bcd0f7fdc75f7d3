/** npm run branches: creates a Git branch for each step from its folder. */
import { buildBranches } from '../../tools/branches/build.ts';
import { compareBranches, type Differences, updateBranches } from '../../tools/branches/present.ts';
import { main, readCommandLine } from '../command-line/main.ts';
import { UserError } from '../errors.ts';

const help = `
npm run branches               creates or updates a local branch for each step: step-01-start-the-services, …
npm run branches -- --check    changes nothing; exit code 1 if a branch differs from its folder

Use the branches with git switch step-04-…, git diff step-03-… step-04-…, and git log -p step-10-…. Each branch adds one
commit to the previous branch, made from steps/ and the rest of HEAD. The command doesn't change the branch that is
checked out, the index, your files, or a branch with your own commits.
`;

await main(async () => {
  const { values } = readCommandLine({ help, options: { check: { type: 'boolean' } } });
  const branches = await buildBranches();
  const differences = await compareBranches(branches);

  if (values.check) {
    const sentences = sentencesAbout(differences);
    for (const sentence of sentences) console.log(sentence);
    if (sentences.length > 0) throw new UserError('To update the branches, run npm run branches.');
    console.log(`All ${branches.length} branches are up to date.`);
    return;
  }

  requireUnused(differences);
  await updateBranches(branches, differences.orphaned);
  for (const { branch, commit } of branches) console.log(`${commit.slice(0, 10)}  ${branch}`);
  for (const { branch } of differences.orphaned)
    console.log(`removed     ${branch}, whose folder no longer exists`);
});

function sentencesAbout({ missing, changed, orphaned }: Differences): string[] {
  return [
    ...missing.map(({ branch }) => `${branch} does not exist`),
    ...changed.map(({ branch }) => `${branch} differs from its folder`),
    ...orphaned.map(({ branch }) => `${branch} has no folder`),
  ];
}

/** Throws UserError for a branch that has other commits or is checked out. */
function requireUnused({ changed, orphaned }: Differences): void {
  for (const { branch, isGenerated, worktree } of [...changed, ...orphaned]) {
    if (!isGenerated)
      throw new UserError(
        `${branch} has your own commits. To keep them, rename it: git branch -m ${branch} another-name.`,
      );
    if (worktree)
      throw new UserError(
        `${branch} is checked out in ${worktree} and would change: switch to another branch there first.`,
      );
  }
}
