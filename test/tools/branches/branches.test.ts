import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { parse } from 'yaml';
import { programFiles, readLessonFiles, servicesOf } from '#workshop/course/files';
import { listSteps } from '#workshop/course/list';
import { projectFolder } from '#workshop/settings';
import { projectCopy } from '../../support/copy.ts';
import { temporaryFolder } from '../../support/environment.ts';
import { runScript } from '../../support/process.ts';
import { slowTest, test } from '../../support/tests.ts';

const steps = await listSteps();
const branchOf = (number: number) => `step-${steps.find((step) => step.number === number)!.name}`;
const somebody = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.org'];

/** A copy of the project as a separate repository, with functions to run git and the command in it. */
async function repository(t: TestContext) {
  const cwd = await projectCopy(t);
  const env = { ...process.env, WORKSHOP_STATE: join(cwd, '.workshop') };
  const git = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync('git', words, { cwd, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return stdout.trimEnd();
  };
  return {
    cwd,
    git,
    branches: (...args: string[]) => runScript(t, 'workshop/commands/branches.ts', args, { cwd, env }),
    step: (...args: string[]) => runScript(t, 'workshop/commands/step.ts', args, { cwd, env }),
    ids: () => git('for-each-ref', '--format=%(refname:lstrip=2) %(objectname)', 'refs/heads/step-*'),
    /** Everything that must not change: branch, commit, index, and files. */
    own: () =>
      [
        ['symbolic-ref', 'HEAD'],
        ['rev-parse', 'HEAD'],
        ['diff', '--cached'],
        ['diff'],
        ['status', '--porcelain'],
      ].map((words) => git(...words)),
  };
}

test('each step is a commit on top of the previous one, with the tree of its folder and its goal as the message', async (t) => {
  const { git, branches } = await repository(t);
  const { code, stderr } = await branches();
  assert.equal(code, 0, stderr);

  // The working copy's paths in a commit: the programs and the services of any step.
  const everyStep = await Promise.all(steps.map(({ folder }) => readLessonFiles(folder)));
  const places = [...programFiles, ...new Set(everyStep.flatMap((files) => [...servicesOf(files)]))];
  const rest = (branch: string) =>
    git('ls-tree', branch)
      .split('\n')
      .filter((line) => !places.includes(line.split('\t')[1]!));

  for (const [index, step] of steps.entries()) {
    const branch = branchOf(step.number);
    const inBranch = git('ls-tree', '-r', branch, '--', ...places).split('\n');
    const inFolder = git('ls-tree', '-r', `HEAD:steps/${step.name}`).split('\n');
    assert.deepEqual(
      inBranch,
      inFolder.filter((line) => everyStep[index]!.has(line.split('\t')[1]!)),
      branch,
    );
    assert.deepEqual(rest(branch), rest('HEAD'), 'everything else is as in HEAD');
    const [title, , ...goal] = git('show', '--no-patch', '--format=%B', branch).split('\n');
    assert.equal(title, step.title);
    assert.equal(goal.join('\n').trim(), step.goal);
    if (index > 0)
      assert.equal(git('rev-parse', `${branch}^`), git('rev-parse', branchOf(steps[index - 1]!.number)));
  }
  assert.equal(git('rev-list', '--count', branchOf(steps.at(-1)!.number)), String(steps.length));
});

test('inside the repository of something else, nothing is touched there', async (t) => {
  const outer = await temporaryFolder(t);
  const cwd = join(outer, 'workshop');
  await rename(await projectCopy(t), cwd);
  await rm(join(cwd, '.git'), { recursive: true, force: true });
  const git = (...words: string[]) => spawnSync('git', words, { cwd: outer, encoding: 'utf8' });
  git('init', '--quiet');
  git(...somebody, 'commit', '--quiet', '--allow-empty', '--message', 'Something else');

  const { code, stderr } = await runScript(t, 'workshop/commands/branches.ts', [], { cwd });

  assert.equal(code, 1);
  assert.match(stderr, /^The workshop isn't a Git repository of its own: .+\n$/);
  assert.equal(git('branch', '--list').stdout.trim().split('\n').length, 1);
});

slowTest(
  'the same folders give the same commits for any working copy, and the user’s work is not touched',
  async (t) => {
    const { cwd, git, branches, step, ids, own } = await repository(t);
    await branches();
    const made = ids();
    assert.equal(made.split('\n').length, steps.length);

    // Fewer files than in HEAD, other services than in HEAD, and staged, unstaged, and untracked changes.
    for (const number of ['1', String(steps.at(-1)!.number)]) {
      await step(number);
      await writeFile(join(cwd, 'run.ts'), '// not staged\n');
      await writeFile(join(cwd, 'README.md'), '# Staged\n');
      await writeFile(join(cwd, 'new.ts'), '// new\n');
      git('add', 'README.md');
      const before = own();

      const { code, stderr } = await branches();

      assert.equal(code, 0, stderr);
      assert.equal(ids(), made);
      assert.deepEqual(own(), before);
      assert.equal((await branches('--check')).code, 0);
    }
    git('checkout', '--quiet', '--force', branchOf(4));
    git('config', 'i18n.commitEncoding', 'ISO-8859-1');
    await branches();
    assert.equal(ids(), made, 'also while one of them is checked out, and with other settings');
  },
);

slowTest(
  'a changed folder updates its branch and the later ones; removing a folder deletes its branch',
  async (t) => {
    const { cwd, git, branches } = await repository(t);
    const missing = await branches('--check');
    assert.equal(missing.code, 1);
    assert.match(missing.stdout, /^step-01-start-the-services does not exist$/m);
    await branches();
    const [second, third] = [git('rev-parse', branchOf(2)), git('rev-parse', branchOf(3))];

    const folder = steps.find(({ number }) => number === 3)!.folder.replace(projectFolder, cwd);
    await writeFile(join(folder, 'run.ts'), '// changed\n');
    await rename(join(cwd, 'steps', steps.at(-1)!.name), join(cwd, 'steps/99-renamed'));

    const stale = await branches('--check');
    assert.equal(stale.code, 1);
    assert.match(stale.stdout, /^step-03-\S+ differs from its folder$/m);
    assert.match(stale.stdout, /^step-04-\S+ differs from its folder$/m);
    assert.match(stale.stdout, /^step-99-renamed does not exist$/m);
    assert.ok(stale.stdout.includes(`${branchOf(steps.at(-1)!.number)} has no folder\n`));
    assert.ok(!stale.stdout.includes('step-02'));
    assert.equal(stale.stderr, 'To update the branches, run npm run branches.\n');

    assert.equal((await branches()).code, 0);
    assert.equal(git('rev-parse', branchOf(2)), second);
    assert.notEqual(git('rev-parse', branchOf(3)), third);
    assert.equal(git('show', `${branchOf(3)}:run.ts`), '// changed');
    assert.equal(git('branch', '--list', branchOf(steps.at(-1)!.number)), '');
    assert.equal((await branches('--check')).code, 0);
  },
);

slowTest('if a branch has the user’s commits or is checked out, no branch is changed', async (t) => {
  const { cwd, git, branches, ids } = await repository(t);
  await branches();
  const made = ids();
  const folder = steps.find(({ number }) => number === 2)!.folder.replace(projectFolder, cwd);
  await writeFile(join(folder, 'run.ts'), '// changed\n');

  const elsewhere = join(await temporaryFolder(t), 'elsewhere');
  git('worktree', 'add', '--quiet', elsewhere, branchOf(3));
  const checkedOut = await branches();
  assert.equal(checkedOut.code, 1);
  assert.match(
    checkedOut.stderr,
    /^step-03-\S+ is checked out in .+elsewhere and would change: switch to another branch there first\.\n$/,
  );
  assert.equal(ids(), made);

  spawnSync('git', [...somebody, 'commit', '--quiet', '--allow-empty', '--message', 'Mine'], {
    cwd: elsewhere,
  });
  git('worktree', 'remove', elsewhere);
  const committed = ids();
  assert.notEqual(committed, made);
  const own = await branches();
  assert.equal(own.code, 1);
  assert.match(
    own.stderr,
    /^step-03-\S+ has your own commits\. To keep them, rename it: git branch -m step-03-\S+ another-name\.\n$/,
  );
  assert.equal(ids(), committed);

  git('branch', '--move', branchOf(3), 'mine');
  assert.equal((await branches()).code, 0);
});

slowTest('the workflow publishes the branches, and keeps branches of other people', async (t) => {
  const { cwd, git, branches } = await repository(t);
  await branches();
  git(...somebody, 'commit', '--quiet', '--allow-empty', '--message', 'Idea');
  git('branch', 'step-ideas');
  git('branch', 'step-99-gone', branchOf(1));
  const remote = join(await temporaryFolder(t), 'remote.git');
  git('clone', '--quiet', '--bare', '.', remote);
  for (const name of ['step-ideas', 'step-99-gone', ...steps.map(({ number }) => branchOf(number))])
    git('branch', '--quiet', '--delete', '--force', name);
  git('remote', 'add', 'origin', remote);
  await writeFile(join(cwd, 'steps', steps[0]!.name, 'run.ts'), '// changed\n');

  const workflow = parse(await readFile(join(cwd, '.github/workflows/branches.yml'), 'utf8')) as {
    jobs: { publish: { steps: { run?: string }[] } };
  };
  const commands = workflow.jobs.publish.steps.map(({ run }) => run).filter((run) => run !== undefined);
  assert.equal(commands[0], 'npm ci');
  for (const command of commands.slice(1)) {
    const { status, stderr } = spawnSync(command, { cwd, shell: true, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  }

  const published = git('ls-remote', '--heads', 'origin', 'step-*')
    .split('\n')
    .map((line) => line.split('refs/heads/')[1]);
  assert.deepEqual(published, [...steps.map(({ number }) => branchOf(number)), 'step-ideas']);
  assert.equal(git('ls-remote', 'origin', branchOf(1)).split('\t')[0], git('rev-parse', branchOf(1)));
});

test('outside a Git repository, or without Git, one sentence says so', async (t) => {
  const cwd = await projectCopy(t);
  await rm(join(cwd, '.git'), { recursive: true });
  await mkdir(join(cwd, 'empty'));
  for (const [env, sentence] of [
    [
      { GIT_CEILING_DIRECTORIES: join(cwd, '..') },
      /^This folder is not a Git repository\. Use git clone .+\n$/,
    ],
    [{ PATH: join(cwd, 'empty') }, /^Git is not installed: see https:\/\/git-scm\.com\.\n$/],
  ] as const) {
    const { code, stderr } = await runScript(t, 'workshop/commands/branches.ts', [], {
      cwd,
      env: { ...process.env, ...env },
    });
    assert.equal(code, 1);
    assert.match(stderr, sentence);
  }
});
